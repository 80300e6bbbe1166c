/* --delete-all-output, --delete-temp-output: what the jobs of the targets make, and nothing
 * else. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/vec.h"
#include "cli/rounds.h"
#include "cli/run_lock.h"
#include "cli/session.h"
#include "sys/fs.h"
#include "sys/path.h"

struct cleaner {
	struct session *s;
	bool dry;
	uint32_t removed, failed, refused;
	VEC(struct strview) folders; /* that held what was removed */
};

static void say(const struct cleaner *c, const char *what, struct strview path)
{
	struct strbuf shown = STRBUF_INIT;
	escape_for_terminal(&shown, path);
	if (c->dry || !c->s->o.quiet) {
		printf("%s %s\n", what, shown.buf);
	}
	strbuf_release(&shown);
}

/* Whether a folder on the way to the path is a link: what lies behind it is not ours. */
static bool behind_link(struct strview path)
{
	char part[PATH_MAX];
	for (size_t i = 1; i < path.n; i++) {
		if (path.p[i] != '/') {
			continue;
		}
		struct stat st;
		memcpy(part, path.p, i);
		part[i] = '\0';
		if (lstat(part, &st) == 0 && S_ISLNK(st.st_mode)) {
			return true;
		}
	}
	return false;
}

static int remove_one(const char *path, bool directory)
{
	struct stat st;
	if (lstat(path, &st) != 0) {
		return -1;
	}
	if (S_ISDIR(st.st_mode)) {
		/* a folder where a file was declared goes only if it is empty */
		return directory ? fs_remove_tree(AT_FDCWD, path) : rmdir(path);
	}
	return unlink(path);
}

static void remove_output(struct cleaner *c, struct strview path, unsigned flags)
{
	struct stat st;
	if (lstat(path.p, &st) != 0) {
		return;
	}
	if (behind_link(path)) {
		say(c, "keeping (behind a link to a folder)", path);
		c->refused++;
		return;
	}
	if (flags & PRODUCT_PROTECTED && !c->s->o.force) {
		say(c, "keeping (protected, -f removes it)", path);
		c->refused++;
		return;
	}
	if (!c->dry && remove_one(path.p, flags & PRODUCT_DIRECTORY) != 0) {
		diag_system(&c->s->sink, "CW-E303", errno, path.p, "remove");
		c->failed++;
		return;
	}
	say(c, c->dry ? "would remove" : "removed", path);
	c->removed++;
	struct strview dir = path_dir(path);
	if (!c->folders.n || !sv_eq(vec_last(&c->folders), dir)) {
		vec_push(&c->folders, dir);
	}
}

/* Folders that this emptied go too, up to the working directory. */
static void remove_folders(struct cleaner *c)
{
	for (size_t i = 0; !c->dry && i < c->folders.n; i++) {
		struct strview dir = c->folders.v[i];
		char path[PATH_MAX];
		while (dir.n && dir.p[0] != '/' && !sv_eq_str(dir, ".") &&
			dir.n < PATH_MAX) {
			memcpy(path, dir.p, dir.n);
			path[dir.n] = '\0';
			if (rmdir(path) != 0) {
				break;
			}
			dir = path_dir(dir);
		}
	}
}

static int delete_outputs(struct session *s)
{
	struct cleaner c = {.s = s, .dry = s->o.dry_run};
	int rc = s->wf.has_after ? rounds_plan(s, STATE_LOOK) : session_build(s);
	if (rc != EXIT_DONE) {
		return rc;
	}
	for (uint32_t j = 0; j < s->dag.job_count; j++) {
		const struct rule *rule = dag_rule(&s->dag, j);
		const uint32_t *files = dag_products(&s->dag, j);
		/* outputs that come with their inputs are somebody's files, not ours */
		bool ours = rule->command_kind != RULE_NOTHING;
		for (uint32_t k = 0; k < rule->product_count && ours; k++) {
			unsigned flags = rule->products[k].flags;
			if (s->o.delete_all_output || flags & PRODUCT_TEMP) {
				remove_output(&c, dag_path(&s->dag, files[k]), flags);
			}
		}
	}
	remove_folders(&c);
	if (!c.removed && !c.refused && !c.failed) {
		printf("nothing to remove\n");
	}
	vec_release(&c.folders);
	rc = session_written(s, 0);
	return c.failed ? EXIT_FAILED : rc;
}

int cmd_delete_outputs(struct session *s)
{
	struct lockfile lock = LOCKFILE_INIT;
	int rc = EXIT_DONE;
	/* where nothing was ever run there is nobody to wait for, and no folder to make */
	if (!s->o.dry_run && fs_exists(STATE_DIR)) {
		rc = run_lock_take(s, &lock);
	}
	rc = rc == EXIT_DONE ? delete_outputs(s) : rc;
	lockfile_release(&lock);
	return rc;
}
