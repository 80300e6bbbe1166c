#include "git/git_module.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/hash.h"
#include "git/git_lib.h"
#include "git/git_repo.h"
#include "sys/fs.h"

static int say_git(const struct git_lib *lib, struct strbuf *error, const char *what,
	const char *name)
{
	const git_error *e = lib->git_error_last();
	strbuf_addf(error, "%s \"%s\"%s%s", what, name, e && e->message ? ": " : "",
		e && e->message ? e->message : "");
	for (size_t i = 0; i < error->len; i++) {
		error->buf[i] = error->buf[i] == '\n' ? ' ' : error->buf[i];
	}
	return -1;
}

/* A folder for each pair of address and commit. */
static void add_folder(const struct git_module *m, const char *commit, struct strbuf *out)
{
	strbuf_addf(out, "%s/%016llx-%.12s", m->cache,
		(unsigned long long)hash64(m->url, strlen(m->url)), commit);
}

/* What answers libgit2 while it clones. */
struct agent {
	const struct git_lib *lib;
	int tries;
};

static int use_agent(git_credential **out, const char *url, const char *user,
	unsigned allowed, void *ctx)
{
	struct agent *a = ctx;
	(void)url;
	if (a->tries++ || !(allowed & GIT_CREDENTIAL_SSH_KEY)) {
		return GIT_PASSTHROUGH;
	}
	return a->lib->git_credential_ssh_key_from_agent(out, user ? user : "git");
}

/* The commit that a ref of the clone names. */
static int find_commit(const struct git_lib *lib, git_repository *repo,
	const struct git_module *m, git_commit **ret)
{
	static const char *const forms[] = {
		"refs/tags/%s", "refs/remotes/origin/%s", "%s"};
	const char *name = m->commit ? m->commit : m->ref ? m->ref : "HEAD";
	for (size_t i = m->commit || !m->ref ? 2 : 0; i < 3; i++) {
		char full[512];
		git_object *object = NULL;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(full, sizeof(full), forms[i], name);
#pragma GCC diagnostic pop
		if (lib->git_revparse_single(&object, repo, full) == 0) {
			git_object *commit = NULL;
			int rc = lib->git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
			lib->git_object_free(object);
			*ret = (git_commit *)commit;
			return rc;
		}
	}
	return -1;
}

static int check_out(const struct git_lib *lib, git_repository *repo, git_commit *commit)
{
	git_checkout_options o;
	lib->git_checkout_options_init(&o, GIT_CHECKOUT_OPTIONS_VERSION);
	o.checkout_strategy = GIT_CHECKOUT_FORCE;
	int rc = lib->git_checkout_tree(repo, (const git_object *)commit, &o);
	return rc ? rc
		  : lib->git_repository_set_head_detached(
			    repo, lib->git_commit_id(commit));
}

/* Clones into `folder`, without a working tree, and then with that of the commit. */
static int clone_into(const struct git_lib *lib, const struct git_module *m,
	const char *folder, struct strbuf *ret_commit, struct strbuf *error)
{
	git_repository *repo = NULL;
	git_commit *commit = NULL;
	git_clone_options o;
	char hex[GIT_OID_HEXSZ + 1];
	struct agent agent = {lib, 0};
	int rc = 0;
	lib->git_clone_options_init(&o, GIT_CLONE_OPTIONS_VERSION);
	o.checkout_opts.checkout_strategy = GIT_CHECKOUT_NONE;
	o.fetch_opts.callbacks.credentials = use_agent;
	o.fetch_opts.callbacks.payload = &agent;
	if (lib->git_clone(&repo, m->url, folder, &o) != 0) {
		return say_git(lib, error, "cannot clone", m->url);
	}
	if (find_commit(lib, repo, m, &commit) != 0) {
		lib->git_error_clear();
		strbuf_addf(error, "\"%s\" has no %s \"%s\"", m->url,
			m->commit ? "commit" : "tag, branch or commit",
			m->commit ? m->commit
			: m->ref  ? m->ref
				  : "HEAD");
		rc = -1;
	} else if (check_out(lib, repo, commit) != 0) {
		rc = say_git(lib, error, "cannot check out", m->url);
	} else {
		strbuf_addstr(ret_commit,
			lib->git_oid_tostr(hex, sizeof(hex), lib->git_commit_id(commit)));
	}
	lib->git_commit_free(commit);
	lib->git_repository_free(repo);
	return rc;
}

/* Whether the clone in the cache is as its commit says. */
static int check_clone(const char *folder, struct strbuf *error)
{
	struct git_repo *repo = git_repo_open(folder);
	int dirty = repo ? git_repo_dirty(repo) : -1;
	git_repo_free(repo);
	if (dirty == 0) {
		return 0;
	}
	strbuf_addf(error,
		dirty < 0 ? "the copy of the module in \"%s\" cannot be read: remove it"
			  : "files in the copy of the module in \"%s\" were changed: "
			    "remove it, and it is fetched anew",
		folder);
	return -1;
}

/* Clones beside its place and moves it there: others see it whole or not at all. */
static int fetch(const struct git_lib *lib, const struct git_module *m,
	struct strbuf *ret_folder, struct strbuf *ret_commit, struct strbuf *error)
{
	struct strbuf fresh = STRBUF_INIT;
	if (fs_make_dirs(AT_FDCWD, m->cache) != 0) {
		strbuf_addf(error, "cannot make \"%s\": %s", m->cache, strerror(errno));
		return -1;
	}
	strbuf_addf(&fresh, "%s/new-%ld", m->cache, (long)getpid());
	fs_remove_tree(AT_FDCWD, fresh.buf);
	int rc = clone_into(lib, m, fresh.buf, ret_commit, error);
	if (rc == 0) {
		add_folder(m, ret_commit->buf, ret_folder);
		if (rename(fresh.buf, ret_folder->buf) != 0 &&
			!fs_exists(ret_folder->buf)) {
			strbuf_addf(error, "cannot make \"%s\": %s", ret_folder->buf,
				strerror(errno));
			rc = -1;
		}
	}
	fs_remove_tree(AT_FDCWD, fresh.buf);
	strbuf_release(&fresh);
	return rc ? rc : check_clone(ret_folder->buf, error);
}

int git_module_get(const struct git_module *m, struct strbuf *ret_folder,
	struct strbuf *ret_commit, struct strbuf *error)
{
	if (m->commit) {
		add_folder(m, m->commit, ret_folder);
		if (fs_exists(ret_folder->buf)) {
			strbuf_addstr(ret_commit, m->commit);
			return check_clone(ret_folder->buf, error);
		}
		strbuf_reset(ret_folder);
	}
	struct git_lib *lib = git_lib_new(error);
	int rc = lib ? fetch(lib, m, ret_folder, ret_commit, error) : -1;
	git_lib_free(lib);
	return rc;
}
