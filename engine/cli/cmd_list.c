/* --list-targets, --list-untracked, --unlock. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "cli/rounds.h"
#include "cli/session.h"
#include "sys/lockfile.h"
#include "sys/path.h"

int cmd_list_targets(struct session *s)
{
	for (uint32_t i = 0; i < s->wf.rule_count; i++) {
		if (s->wf.rules[i].wildcard_count == 0) {
			printf(SV_FMT "\n", SV_ARG(s->wf.rules[i].name));
		}
	}
	return session_written(s, 0);
}

static void add_path(struct session *s, struct intern *used, struct strview path)
{
	struct strbuf normal = STRBUF_INIT;
	path_normalise(&normal, path, strbuf_sv(&s->workdir));
	intern_put(used, normal.buf, normal.len);
	strbuf_release(&normal);
}

/* Paths that the workflow reads, uses or makes. */
static void add_used(struct session *s, struct intern *used)
{
	struct strbuf path = STRBUF_INIT;
	for (uint32_t f = 0; f < s->dag.paths.count; f++) {
		struct strview name = dag_path(&s->dag, f);
		intern_put(used, name.p, name.n);
	}
	for (uint32_t i = 1; i < s->sources.n; i++) {
		add_path(s, used, sv_from(source_name(&s->sources, i)));
	}
	for (uint32_t i = 0; i < s->wf.set_count; i++) {
		if (s->wf.sets[i].path) {
			add_path(s, used, sv_from(s->wf.sets[i].path));
		}
	}
	for (uint32_t i = 0; i < s->wf.rule_count; i++) {
		const struct rule *rule = &s->wf.rules[i];
		if (rule->command_kind == RULE_SCRIPT) {
			strbuf_reset(&path);
			path_join(&path, rule->script_dir, rule->script.t.text);
			add_path(s, used, strbuf_sv(&path));
		}
	}
	strbuf_release(&path);
}

static int by_name(const void *a, const void *b)
{
	char *const *x = a, *const *y = b;
	return strcmp(*x, *y);
}

typedef VEC(char *) names;

/* The entries of one folder; hidden ones are nobody's business. */
static void read_folder(
	const char *folder, const struct intern *used, names *folders, names *found)
{
	DIR *dir = opendir(*folder ? folder : ".");
	struct dirent *e;
	while (dir && (e = readdir(dir))) {
		struct stat st;
		if (e->d_name[0] == '.' ||
			fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
			continue;
		}
		char *path = *folder ? xasprintf("%s/%s", folder, e->d_name)
				     : xstrdup(e->d_name);
		if (intern_find(used, path, strlen(path)) != INTERN_NONE) {
			free(path);
		} else if (S_ISDIR(st.st_mode)) {
			vec_push(folders, path);
		} else {
			vec_push(found, path);
		}
	}
	if (dir) {
		closedir(dir);
	}
}

int cmd_list_untracked(struct session *s)
{
	struct intern used;
	names folders = {0}, found = {0};
	int rc = s->wf.has_after ? rounds_plan(s, STATE_LOOK) : session_build(s);
	if (rc != EXIT_DONE) {
		return rc;
	}
	intern_init(&used);
	add_used(s, &used);
	vec_push(&folders, xstrdup(""));
	while (folders.n) {
		char *folder = vec_pop(&folders);
		read_folder(folder, &used, &folders, &found);
		free(folder);
	}
	if (found.n) {
		qsort(found.v, found.n, sizeof(*found.v), by_name);
	}
	for (size_t i = 0; i < found.n; i++) {
		struct strbuf shown = STRBUF_INIT;
		escape_for_terminal(&shown, sv_from(found.v[i]));
		printf("%s\n", shown.buf);
		strbuf_release(&shown);
		free(found.v[i]);
	}
	vec_release(&folders);
	vec_release(&found);
	intern_release(&used);
	return session_written(s, 0);
}

int cmd_unlock(struct session *s)
{
	struct strbuf who = STRBUF_INIT;
	if (lockfile_is_held(STATE_DIR "/lock", &who)) {
		printf("a run is going on here: %s\n", who.buf);
	} else {
		printf("no run is going on here, nothing has to be unlocked: the lock of a "
		       "dead run is none\n");
	}
	strbuf_release(&who);
	return session_written(s, 0);
}
