#include "git/git_repo.h"

#include <limits.h>
#include <sys/stat.h>

#include "base/xalloc.h"
#include "git/git_lib.h"
#include "sys/fs.h"

struct git_repo {
	struct git_lib *lib;
	git_repository *repo;
	git_index *index; /* read when first asked for */
	char *workdir;    /* absolute; NULL: bare */
	int64_t index_ns; /* time of the index file */
};

static bool has(const char *folder, size_t len, const char *name, struct strbuf *scratch)
{
	strbuf_reset(scratch);
	strbuf_add(scratch, folder, len);
	strbuf_addf(scratch, "/%s", name);
	return fs_exists(scratch->buf);
}

/* Whether it may be worth loading libgit2: something of a repository lies in the folder or
 * above it. */
static bool may_be_in_repository(const char *folder)
{
	char *real = realpath(folder, NULL);
	struct strbuf b = STRBUF_INIT;
	size_t len = real ? strlen(real) : 0;
	bool found = false, more = real != NULL;
	while (more && !found) {
		found = has(real, len, ".git", &b) ||
			(has(real, len, "HEAD", &b) && has(real, len, "objects", &b));
		more = len > 0;
		while (len && real[--len] != '/') {
		}
	}
	strbuf_release(&b);
	free(real);
	return found;
}

struct git_repo *git_repo_open(const char *folder)
{
	git_repository *repo = NULL;
	struct git_lib *lib = may_be_in_repository(folder) ? git_lib_new(NULL) : NULL;
	if (!lib || lib->git_repository_open_ext(&repo, folder, 0, NULL) != 0) {
		git_lib_free(lib);
		return NULL;
	}
	struct git_repo *r = xcalloc(1, sizeof(*r));
	const char *workdir = lib->git_repository_workdir(repo);
	r->lib = lib;
	r->repo = repo;
	r->workdir = workdir ? realpath(workdir, NULL) : NULL;
	return r;
}

void git_repo_free(struct git_repo *r)
{
	if (r) {
		r->lib->git_index_free(r->index);
		r->lib->git_repository_free(r->repo);
		free(r->workdir);
		git_lib_free(r->lib);
		free(r);
	}
}

void git_repo_commit(struct git_repo *r, struct strbuf *out)
{
	git_oid id;
	char hex[GIT_OID_HEXSZ + 1];
	if (r->lib->git_reference_name_to_id(&id, r->repo, "HEAD") == 0) {
		strbuf_addstr(out, r->lib->git_oid_tostr(hex, sizeof(hex), &id));
	}
}

/* scheme://user:password@host -> scheme://user@host */
static void add_url(struct strbuf *out, const char *url)
{
	const char *host = strstr(url, "://");
	const char *begin = host ? host + 3 : url;
	size_t end = strcspn(begin, "/");
	const char *at = memrchr(begin, '@', end);
	const char *colon = at ? memchr(begin, ':', (size_t)(at - begin)) : NULL;
	if (host && colon) {
		strbuf_add(out, url, (size_t)(colon - url));
		strbuf_addstr(out, at);
	} else {
		strbuf_addstr(out, url);
	}
}

void git_repo_remote(struct git_repo *r, struct strbuf *out)
{
	git_remote *remote = NULL;
	git_strarray names = {NULL, 0};
	if (r->lib->git_remote_lookup(&remote, r->repo, "origin") != 0 &&
		r->lib->git_remote_list(&names, r->repo) == 0 && names.count &&
		r->lib->git_remote_lookup(&remote, r->repo, names.strings[0]) != 0) {
		remote = NULL;
	}
	if (remote && r->lib->git_remote_url(remote)) {
		add_url(out, r->lib->git_remote_url(remote));
	}
	r->lib->git_remote_free(remote);
	r->lib->git_strarray_dispose(&names);
}

int git_repo_dirty(struct git_repo *r)
{
	git_status_options o;
	git_status_list *list = NULL;
	if (r->lib->git_status_options_init(&o, GIT_STATUS_OPTIONS_VERSION) != 0) {
		return -1;
	}
	o.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
	o.flags = GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
	if (!r->workdir || r->lib->git_status_list_new(&list, r->repo, &o) != 0) {
		return -1;
	}
	int dirty = r->lib->git_status_list_entrycount(list) > 0;
	r->lib->git_status_list_free(list);
	return dirty;
}

/* Reads the index; false where there is none. */
static bool load_index(struct git_repo *r)
{
	struct stat st;
	if (!r->index && r->lib->git_repository_index(&r->index, r->repo) == 0) {
		const char *path = r->lib->git_index_path(r->index);
		if (path && stat(path, &st) == 0) {
			r->index_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 +
				      st.st_mtim.tv_nsec;
		}
	}
	return r->index != NULL;
}

bool git_repo_clean_blob(struct git_repo *r, const char *path, int64_t size,
	int64_t mtime_ns, uint64_t ino, struct digest *ret)
{
	size_t n = r->workdir ? strlen(r->workdir) : 0;
	if (!n || strncmp(path, r->workdir, n) != 0 || path[n] != '/' || !load_index(r)) {
		return false;
	}
	const git_index_entry *e =
		r->lib->git_index_get_bypath(r->index, path + n + 1, 0);
	if (!e || (e->mode & S_IFMT) != S_IFREG || mtime_ns >= r->index_ns ||
		(uint64_t)e->file_size != ((uint64_t)size & UINT32_MAX) ||
		e->mtime.seconds != (int32_t)(mtime_ns / 1000000000) ||
		(e->mtime.nanoseconds &&
			e->mtime.nanoseconds != (uint32_t)(mtime_ns % 1000000000)) ||
		(e->ino && e->ino != (uint32_t)ino) || size > UINT32_MAX ||
		e->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD) {
		return false;
	}
	memcpy(ret, e->id.id, sizeof(*ret));
	return true;
}

int git_blob_of_file(struct git_repo *r, const char *path, struct digest *ret)
{
	git_oid id;
	if (r->lib->git_odb_hashfile(&id, path, GIT_OBJECT_BLOB) != 0) {
		return -1;
	}
	memcpy(ret, id.id, sizeof(*ret));
	return 0;
}
