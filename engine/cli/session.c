#include "cli/session.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "base/edit_distance.h"
#include "base/number.h"
#include "cli/profile.h"
#include "exec/pilot.h"
#include "parser/parser.h"
#include "sys/cpus.h"
#include "sys/fs.h"
#include "sys/lockfile.h"
#include "sys/path.h"
#include "sys/term.h"

/* Programs for jobs are in libexec/cwflow beside bin, in a build tree too. */
static void find_tools_dir(struct strbuf *out)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe));
	if (n > 0 && (size_t)n < sizeof(exe)) {
		struct strview bin = path_dir((struct strview){exe, (size_t)n});
		struct strview prefix = path_dir(bin);
		strbuf_addf(out, SV_FMT "/libexec/cwflow", SV_ARG(prefix));
	}
}

int session_init(struct session *s, int argc, char **argv)
{
	*s = (struct session){0};
	source_set_init(&s->sources);
	diag_sink_init(&s->sink, &s->sources);
	workflow_init(&s->wf);
	cluster_settings_init(&s->cluster);
	after_done_init(&s->after);
	after_done_init(&s->ran);
	strbuf_init(&s->workdir);
	strbuf_init(&s->tools_dir);
	strbuf_init(&s->arguments);
	for (int i = 1; i < argc; i++) {
		strbuf_addf(&s->arguments, i > 1 ? " %s" : "%s", argv[i]);
	}
	s->color = term_color(STDERR_FILENO);
	if (options_parse(&s->o, argc, argv, &s->sink) != 0) {
		return -1;
	}
	find_tools_dir(&s->tools_dir);
	if (profiles_read(s) != 0 || cluster_settings_read(s) != 0 ||
		option_values_read(&s->values, &s->o, &s->sink) != 0) {
		return -1;
	}
	s->color = s->color && !s->o.no_color;
	return 0;
}

void session_release(struct session *s)
{
	if (s->has_plan) {
		plan_release(&s->plan);
	}
	records_free(s->records, s);
	if (s->has_dag) {
		dag_release(&s->dag);
	}
	set_store_free(s->sets);
	after_done_release(&s->after);
	after_done_release(&s->ran);
	if (s->log_fd > 0) {
		close(s->log_fd);
	}
	workflow_release(&s->wf);
	options_release(&s->o);
	cluster_settings_release(&s->cluster);
	strbuf_release(&s->workdir);
	strbuf_release(&s->tools_dir);
	strbuf_release(&s->arguments);
	free(s->file_owned);
	diag_sink_release(&s->sink);
	source_set_release(&s->sources);
}

void session_tell(struct session *s)
{
	diag_print(&s->sink, stderr, s->color);
	diag_clear(&s->sink);
}

/* The current folder was removed, or is too deep. */
static int no_folder(struct session *s)
{
	diag_error(&s->sink, "CW-E504", (struct span){0},
		"the current folder cannot be told: %s", strerror(errno));
	return EXIT_WRONG;
}

/* Files of the command line are relative to where cwflow was started, and -d goes away. */
static int keep_paths(struct session *s)
{
	char cwd[PATH_MAX];
	struct options *o = &s->o;
	if (!getcwd(cwd, sizeof(cwd))) {
		return no_folder(s);
	}
	if (o->workflow_file && o->workflow_file[0] != '/') {
		s->file_owned = xasprintf("%s/%s", cwd, o->workflow_file);
	}
	const char **files[] = {&o->events, &o->trace, &o->report, &o->crate};
	for (size_t i = 0; i < CW_ARRAY_LEN(files); i++) {
		const char *file = *files[i];
		if (file && file[0] != '/' && strcmp(file, "-") != 0) {
			*files[i] = arena_printf(&s->wf.arena, "%s/%s", cwd, file);
		}
	}
	for (size_t i = 0; i < o->configfiles.n; i++) {
		const char **file = &o->configfiles.v[i];
		if ((*file)[0] != '/') {
			*file = arena_printf(&s->wf.arena, "%s/%s", cwd, *file);
		}
	}
	return EXIT_DONE;
}

int session_enter(struct session *s)
{
	char cwd[PATH_MAX];
	int rc = s->o.directory ? keep_paths(s) : EXIT_DONE;
	if (rc != EXIT_DONE) {
		return rc;
	}
	if (s->o.directory && chdir(s->o.directory) != 0) {
		diag_system(&s->sink, "CW-E300", errno, s->o.directory, "enter");
		return EXIT_WRONG;
	}
	if (!getcwd(cwd, sizeof(cwd))) {
		return no_folder(s);
	}
	strbuf_addstr(&s->workdir, cwd);
	return EXIT_DONE;
}

static int find_file(struct session *s)
{
	static const char *const names[] = {"Workflowfile", "Workflowfile.yaml",
		"Workflowfile.yml", "workflow/Workflowfile"};
	if (s->o.workflow_file) {
		s->file = s->file_owned ? s->file_owned : s->o.workflow_file;
		return EXIT_DONE;
	}
	for (size_t i = 0; i < CW_ARRAY_LEN(names); i++) {
		if (fs_exists(names[i])) {
			s->file = names[i];
			return EXIT_DONE;
		}
	}
	diag_error(&s->sink, "CW-E301", (struct span){0},
		"there is no Workflowfile in \"%s\"", s->workdir.buf);
	diag_note(&s->sink, (struct span){0},
		"name one with -s FILE, or a folder that has one with -d DIR");
	return EXIT_WRONG;
}

static int read_cores(struct session *s)
{
	bool by_both = s->o.both && (!s->o.cores || s->profile_cores);
	const char *text = by_both ? s->o.both : s->o.cores ? s->o.cores : s->o.jobs;
	const char *option = by_both ? "-j" : s->o.cores ? "--cores" : "--jobs";
	int64_t n = 1;
	if (s->cluster.on) {
		/* -j and --jobs are of the cluster; this is what local rules may use */
		text = s->o.local_cores ? s->o.local_cores : s->o.cores;
		option = s->o.local_cores ? "--local-cores" : "--cores";
		n = cpus_allowed() < 4 ? cpus_allowed() : 4;
	}
	if (text && strcmp(text, "all") == 0) {
		n = cpus_allowed();
	} else if (text && (parse_i64(sv_from(text), &n) != 0 || n < 1 || n > 100000)) {
		diag_error(&s->sink, "CW-E504", (struct span){0},
			"%s takes a number of cores from 1 on, this is \"%s\"", option,
			text);
		return EXIT_WRONG;
	}
	if (pilot_workers() && !s->cluster.on) {
		/* the ranks' cores, and short jobs for them to have at hand */
		int64_t all = pilot_cores();
		n = text && n < all ? n : all + PILOT_AHEAD * (int64_t)pilot_workers();
	}
	s->cores = n;
	return EXIT_DONE;
}

int session_open(struct session *s)
{
	int rc = read_cores(s);
	if (rc == EXIT_DONE) {
		rc = session_enter(s);
	}
	return rc == EXIT_DONE ? find_file(s) : rc;
}

int session_read(struct session *s)
{
	struct parse_options o = {.file = s->file,
		.workdir = s->workdir.buf,
		.config = s->o.config.v,
		.config_count = (uint32_t)s->o.config.n,
		.configfiles = s->o.configfiles.v,
		.configfile_count = (uint32_t)s->o.configfiles.n,
		.set_threads = s->o.set_threads.v,
		.set_threads_count = (uint32_t)s->o.set_threads.n,
		.set_resources = s->o.set_resources.v,
		.set_resources_count = (uint32_t)s->o.set_resources.n,
		.default_resources = s->o.default_resources.v,
		.default_resources_count = (uint32_t)s->o.default_resources.n,
		.update_modules = s->o.update_modules,
		.dry_run = s->o.dry_run || (s->values.looks && !s->o.update_modules),
		.no_generators = s->o.lint || s->o.completion};
	return parse_workflow(&s->sink, &s->wf, &o) == 0 ? EXIT_DONE : EXIT_WRONG;
}

static int no_batch_rule(struct session *s)
{
	struct nearest near;
	diag_error(&s->sink, "CW-E420", (struct span){0},
		"--batch: there is no rule \"" SV_FMT "\"", SV_ARG(s->values.batch_rule));
	nearest_init(&near, s->values.batch_rule);
	for (uint32_t r = 0; r < s->wf.rule_count; r++) {
		nearest_offer(&near, s->wf.rules[r].name);
	}
	nearest_note(&near, &s->sink);
	return EXIT_WRONG;
}

int session_build(struct session *s)
{
	struct dag_options o = {.target_count = (uint32_t)s->o.targets.n};
	struct strview *targets =
		ARENA_ARRAY(&s->wf.arena, struct strview, o.target_count);
	for (uint32_t i = 0; i < o.target_count; i++) {
		targets[i] = sv_from(s->o.targets.v[i]);
	}
	o.targets = targets;
	o.max_jobs = (uint64_t)s->values.max_jobs;
	o.done = &s->after;
	o.batch_rule = s->values.batch_rule;
	o.batch = s->values.batch;
	o.batches = s->values.batches;
	if (o.batches && !workflow_rule(&s->wf, o.batch_rule)) {
		return no_batch_rule(s);
	}
	bool missing_source = false;
	s->sets = set_store_new(&s->wf, &s->sink, AT_FDCWD);
	dag_init(&s->dag, &s->wf, s->sets);
	s->dag.ahead = s->ahead;
	s->has_dag = true;
	if (dag_build(&s->dag, &s->sink, &o, &missing_source) != 0) {
		return missing_source ? EXIT_FAILED : EXIT_WRONG;
	}
	return EXIT_DONE;
}

/* A list of the command line's words. */
static const struct strview *views(
	struct session *s, const char *const *words, size_t count)
{
	struct strview *v = ARENA_ARRAY(&s->wf.arena, struct strview, count);
	for (size_t i = 0; i < count; i++) {
		v[i] = sv_from(words[i]);
	}
	return v;
}

/* -O, and the rule of which only a part of the inputs is to be made. */
static void read_omits(struct session *s, struct plan_options *o)
{
	const struct option_values *v = &s->values;
	uint32_t n = (uint32_t)s->o.omit_from.n;
	struct strview *omit = ARENA_ARRAY(&s->wf.arena, struct strview, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		omit[i] = sv_from(s->o.omit_from.v[i]);
	}
	if (v->batch < v->batches) {
		omit[n++] = v->batch_rule;
	}
	o->omit = omit;
	o->omit_count = n;
}

/* What --prioritize names is there, also where nothing runs. */
static int check_first(struct session *s)
{
	size_t n = s->o.prioritize.n;
	uint8_t *marks = n ? xcalloc(s->dag.job_count + 1, 1) : NULL;
	int rc = 0;
	for (size_t i = 0; i < n; i++) {
		rc |= plan_mark_first(&s->plan, "--prioritize",
			sv_from(s->o.prioritize.v[i]), &s->sink, marks);
	}
	free(marks);
	return rc;
}

int session_plan(struct session *s, enum state_mode mode)
{
	struct plan_options o = {.force_all = s->o.forceall,
		.force_targets = s->o.force,
		.force = views(s, s->o.forcerun.v, s->o.forcerun.n),
		.force_count = (uint32_t)s->o.forcerun.n,
		.until = views(s, s->o.until.v, s->o.until.n),
		.until_count = (uint32_t)s->o.until.n,
		.triggers = s->values.triggers,
		.checksum_limit = s->values.checksum_limit};
	read_omits(s, &o);
	if (records_open(&s->records, s, mode) != 0) {
		return EXIT_WRONG;
	}
	if (s->records) {
		o.state = &s->records->state;
		o.fingerprints = &s->records->fingerprints;
		o.git = records_ask_git;
		o.git_ctx = s->records;
	}
	o.ignore_unfinished = s->o.ignore_incomplete;
	o.run_goes_on = mode == STATE_LOOK && s->records &&
			s->records->state.unfinished.n &&
			lockfile_is_held(STATE_DIR "/lock", NULL);
	s->has_plan = true;
	int rc = plan_make(&s->plan, &s->dag, &o, &s->sink);
	return rc == 0 && check_first(s) == 0 ? EXIT_DONE : EXIT_WRONG;
}

int session_written(struct session *s, int rc)
{
	if (rc == 0 && fflush(stdout) == 0 && !ferror(stdout)) {
		return EXIT_DONE;
	}
	diag_error(&s->sink, "CW-E302", (struct span){0},
		"standard output cannot be written");
	return EXIT_FAILED;
}
