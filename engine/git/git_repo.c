#include "git/git_repo.h"

#include <limits.h>
#include <sys/stat.h>

#include "base/xalloc.h"
#include "git/git_lib.h"

struct git_repo {
	git_repository *repo;
	git_index *index; /* read when first asked for */
	char *workdir;    /* absolute; NULL: bare */
	int64_t index_ns; /* time of the index file */
};

struct git_repo *git_repo_open(const char *folder)
{
	git_repository *repo = NULL;
	git_libgit2_init();
	if (git_repository_open_ext(&repo, folder, 0, NULL) != 0) {
		git_libgit2_shutdown();
		return NULL;
	}
	struct git_repo *r = xcalloc(1, sizeof(*r));
	const char *workdir = git_repository_workdir(repo);
	r->repo = repo;
	r->workdir = workdir ? realpath(workdir, NULL) : NULL;
	return r;
}

void git_repo_free(struct git_repo *r)
{
	if (r) {
		git_index_free(r->index);
		git_repository_free(r->repo);
		free(r->workdir);
		free(r);
		git_libgit2_shutdown();
	}
}

void git_repo_commit(struct git_repo *r, struct strbuf *out)
{
	git_oid id;
	char hex[GIT_OID_HEXSZ + 1];
	if (git_reference_name_to_id(&id, r->repo, "HEAD") == 0) {
		strbuf_addstr(out, git_oid_tostr(hex, sizeof(hex), &id));
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
	if (git_remote_lookup(&remote, r->repo, "origin") != 0 &&
		git_remote_list(&names, r->repo) == 0 && names.count &&
		git_remote_lookup(&remote, r->repo, names.strings[0]) != 0) {
		remote = NULL;
	}
	if (remote && git_remote_url(remote)) {
		add_url(out, git_remote_url(remote));
	}
	git_remote_free(remote);
	git_strarray_dispose(&names);
}

int git_repo_dirty(struct git_repo *r)
{
	git_status_options o;
	git_status_list *list = NULL;
	if (git_status_options_init(&o, GIT_STATUS_OPTIONS_VERSION) != 0) {
		return -1;
	}
	o.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
	o.flags = GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
	if (!r->workdir || git_status_list_new(&list, r->repo, &o) != 0) {
		return -1;
	}
	int dirty = git_status_list_entrycount(list) > 0;
	git_status_list_free(list);
	return dirty;
}

/* Reads the index; false where there is none. */
static bool load_index(struct git_repo *r)
{
	struct stat st;
	if (!r->index && git_repository_index(&r->index, r->repo) == 0) {
		const char *path = git_index_path(r->index);
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
	const git_index_entry *e = git_index_get_bypath(r->index, path + n + 1, 0);
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

int git_blob_of_file(const char *path, struct digest *ret)
{
	git_oid id;
	git_libgit2_init();
	int rc = git_odb_hashfile(&id, path, GIT_OBJECT_BLOB) == 0 ? 0 : -1;
	git_libgit2_shutdown();
	if (rc == 0) {
		memcpy(ret, id.id, sizeof(*ret));
	}
	return rc;
}
