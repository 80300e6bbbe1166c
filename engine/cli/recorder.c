#include "cli/recorder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/hash.h"
#include "dag/depfile.h"
#include "dag/inputs.h"
#include "state/content.h"
#include "state/redact.h"
#include "sys/clock.h"
#include "sys/path.h"

/* Texts for people are cut there. */
enum { LONGEST_TEXT = 32 * 1024 };

/* For so long the many inputs of a job that are no results of this run count as the plan saw
 * them, before they are looked at once more when the job starts. */
#define LOOK_HOLDS_NS (5 * NS_PER_S)

void recorder_init(struct recorder *r, struct records *records, struct plan *plan,
	const char *arguments, const char *workflow)
{
	struct utsname name;
	*r = (struct recorder){.plan = plan};
	/* another run may have the records: then they are only looked at */
	r->records = records && records->state.mode == STATE_RUN ? records : NULL;
	late_digests_init(&r->late, r->records ? &r->records->state : NULL);
	strbuf_init(&r->inputs);
	strbuf_init(&r->outputs);
	hashmap_init(&r->folder_at);
	r->skipped = xcalloc(plan->d->job_count, 1);
	r->job_cap = plan->d->job_count;
	struct strbuf words = STRBUF_INIT;
	strbuf_addstr(&words, arguments);
	redact_urls(&words);
	r->arguments = strbuf_detach(&words, NULL);
	r->host = xstrdup(uname(&name) == 0 ? name.nodename : "");
	const char *user = getenv("USER");
	r->run = (struct row_run){.status = -1,
		.engine = SV(CWFLOW_VERSION),
		.host = sv_from(r->host),
		.user = sv_from(user ? user : ""),
		.arguments = sv_from(r->arguments),
		.workflow = sv_from(workflow),
		.pid = getpid(),
		.dirty = -1};
}

void recorder_release(struct recorder *r)
{
	for (size_t i = 0; i < r->started.n; i++) {
		free(r->started.v[i].inputs);
		free(r->started.v[i].at);
	}
	late_digests_release(&r->late);
	vec_release(&r->started);
	hashmap_release(&r->folder_at);
	vec_release(&r->folders);
	strbuf_release(&r->inputs);
	strbuf_release(&r->outputs);
	free(r->skipped);
	run_origin_release(&r->origin);
	free(r->arguments);
	free(r->host);
}

void recorder_grow(struct recorder *r)
{
	uint32_t n = r->plan->d->job_count, cap = r->job_cap + r->job_cap / 2;
	if (n > r->job_cap) {
		cap = cap < n ? n : cap;
		r->skipped = xreallocarray(r->skipped, cap, 1);
		memset(r->skipped + r->job_cap, 0, cap - r->job_cap);
		r->job_cap = cap;
	}
}

void recorder_begin(struct recorder *r)
{
	if (!r->records) {
		return;
	}
	struct state *s = &r->records->state;
	r->run.id = s->last_run + 1;
	r->run.start_ns = clock_wall_ns(&clock_real);
	state_put_run(s, &r->run);
	for (size_t i = 0; i < r->plan->restamped.n; i++) {
		uint32_t file = r->plan->restamped.v[i];
		struct known_file known = s->files.v[file];
		state_put_file(s, file, &known);
	}
}

void recorder_end(struct recorder *r, int status)
{
	if (r->records) {
		late_digests_settle(&r->late, true);
		r->run.end_ns = clock_wall_ns(&clock_real);
		r->run.status = status;
		if (!r->origin.folder) {
			run_origin_begin(&r->origin, r->plan->d->wf, r->run.workflow.p);
		}
		run_origin_wait(&r->origin);
		r->run.commit = strbuf_sv(&r->origin.commit);
		r->run.remote = strbuf_sv(&r->origin.remote);
		r->run.modules = strbuf_sv(&r->origin.modules);
		r->run.dirty = r->origin.dirty;
		state_put_run(&r->records->state, &r->run);
		state_commit(&r->records->state);
	}
}

const char *recorder_fault(const struct recorder *r)
{
	int broken = r->records ? r->records->state.broken : 0;
	return broken ? strerror(broken) : NULL;
}

/* A target rule is needless where all that it waited for was. */
static bool all_skipped(const struct recorder *r, uint32_t job)
{
	const struct plan *p = r->plan;
	uint32_t n;
	const uint32_t *in = dag_inputs(p->d, job, &n);
	for (uint32_t k = 0; k < n; k++) {
		uint32_t maker = p->d->producer[INPUT_FILE(in[k])];
		if (maker != DAG_NONE && p->reasons[maker] && !r->skipped[maker]) {
			return false;
		}
	}
	return true;
}

bool recorder_is_needless(struct recorder *r, uint32_t job)
{
	struct plan *p = r->plan;
	uint32_t file = DAG_NONE;
	if (!p->maybe[job] || !r->records) {
		return false;
	}
	late_digests_settle(&r->late, true); /* its inputs may be among them */
	bool needless = plan_record(p, job) ? !plan_still_wanted(p, job, &file)
					    : all_skipped(r, job);
	if (needless && p->deferred && p->deferred[job]) {
		needless = !plan_is_needed(p, job, r->skipped);
		p->maybe[job] = needless;
	}
	r->skipped[job] = needless;
	p->done[job] = needless;
	if (!needless && file != DAG_NONE) {
		p->maybe[job] = 0;
		p->reasons[job] = REASON_CHANGED_INPUT;
		p->reason_file[job] = file;
	}
	return needless;
}

void recorder_mark_stale(struct recorder *r, struct arena *arena, struct job_spec *spec)
{
	if (!(r->plan->reasons[spec->job] & REASON_UNFINISHED)) {
		return;
	}
	struct spec_file *outputs =
		ARENA_ARRAY(arena, struct spec_file, spec->output_count);
	for (uint32_t i = 0; i < spec->output_count; i++) {
		outputs[i] = spec->outputs[i];
		if (!(outputs[i].flags & OUTPUT_RESUME)) {
			outputs[i].flags |= OUTPUT_STALE;
		}
	}
	spec->outputs = outputs;
}

/* The id of a job's record, also where only an unfinished start is known of it. */
static uint32_t record_id(struct recorder *r, uint32_t job)
{
	struct plan *p = r->plan;
	struct state *s = &r->records->state;
	if (p->record[job] != STATE_NONE && plan_owns_record(p, job)) {
		return p->record[job];
	}
	for (size_t i = 0; i < s->unfinished.n; i++) {
		const struct unfinished *u = &s->unfinished.v[i];
		uint32_t file = u->count ? s->unfinished_files.v[u->paths] : STATE_NONE;
		if (file < p->d->paths.count && p->d->producer[file] == job) {
			return u->job;
		}
	}
	return state_new_job(s);
}

/* An input as it is now; a folder as it was at its first look. One that nothing is known
 * of (`fresh`) is read, where it is small. 0 or -1. */
static int look_at_input(
	struct recorder *r, uint32_t file, bool fresh, struct known_file *ret)
{
	const struct dag *d = r->plan->d;
	bool folder = d->file_flags[file] & FILE_FOLDER;
	uint32_t at = folder ? hashmap_get(&r->folder_at, file) : HASHMAP_NONE;
	if (at != HASHMAP_NONE) {
		*ret = r->folders.v[at];
		return 0;
	}
	const char *path = dag_path(d, file).p;
	int64_t most = r->plan->o.checksum_limit;
	if (fresh ? content_take(path, most, ret) : content_look(path, ret)) {
		return -1;
	}
	if (folder) {
		hashmap_set(&r->folder_at, file, (uint32_t)r->folders.n);
		vec_push(&r->folders, *ret);
	}
	return 0;
}

/* Whether `file` comes from a job of this run. */
static bool is_of_run(const struct recorder *r, uint32_t file)
{
	uint32_t maker = r->plan->d->producer[file];
	return maker != DAG_NONE && r->plan->reasons[maker] &&
	       dag_has_product(r->plan->d, maker, file);
}

/* An input that a job of this run made is what it made. False: nothing is known of it. */
static bool note_made(struct recorder *r, uint32_t file, struct known_file *ret)
{
	const struct state *s = &r->records->state;
	uint32_t id = state_file_of(s, file);
	if (id == STATE_NONE || !is_of_run(r, file)) {
		return false;
	}
	*ret = s->files.v[id];
	if (!content_is_settled(ret, r->plan->o.checksum_limit)) {
		ret->content.kind = CONTENT_NONE; /* being read */
	}
	return true;
}

/* Jobs of a group start before their inputs are made: those are noted now. */
static void note_late_inputs(struct recorder *r, struct started *a)
{
	uint32_t n;
	const uint32_t *in = dag_inputs(r->plan->d, a->job, &n);
	for (uint32_t k = 0; a->early && k < n && k < a->input_count; k++) {
		note_made(r, INPUT_FILE(in[a->at ? a->at[k] : k]), &a->inputs[k]);
	}
}

/* Whether an input that the plan found to be as it was `seen` still is. */
static bool is_still(struct recorder *r, uint32_t file, const struct seen_input *seen)
{
	const struct state *s = &r->records->state;
	const struct known_file *known = &s->files.v[seen->file];
	struct content before = {seen->digest, seen->kind};
	struct known_file now;
	return content_look(dag_path(r->plan->d, file).p, &now) == 0 &&
	       stamp_eq(now.stamp, known->stamp) && content_eq(known->content, before);
}

/* Of a job that has a record, and very many inputs, notes only those that may be other than
 * they are there. False: it is no such job. */
static bool find_changes(struct recorder *r, struct started *a)
{
	const struct plan *p = r->plan;
	const struct known_job *record = plan_record(p, a->job);
	const struct seen_input *seen;
	const uint32_t *unlike;
	uint32_t n, count;
	const uint32_t *in = dag_inputs(p->d, a->job, &n);
	VEC(uint32_t) at = {0};
	bool all;
	if (p->record[a->job] != a->id || !record || !record->run ||
		dag_rule(p->d, a->job)->depfile ||
		!plan_unlike(p, a->job, &unlike, &count, &all)) {
		return false;
	}
	bool looks = clock_monotonic_ns(&clock_real) - p->looked_ns > LOOK_HOLDS_NS;
	seen = r->records->state.inputs.v + record->inputs;
	all = all && !looks;
	for (uint32_t i = 0; all && i < count && at.n <= n / 4; i++) {
		vec_push(&at, unlike[i]);
	}
	for (uint32_t k = 0, i = 0; !all && k < n && at.n <= n / 4; k++) {
		uint32_t file = INPUT_FILE(in[k]), maker = p->d->producer[file];
		bool other = i < count && unlike[i] == k;
		i += other;
		if (other || (maker != DAG_NONE && p->reasons[maker]) ||
			(looks && !is_still(r, file, &seen[k]))) {
			vec_push(&at, k);
		}
	}
	a->again = at.n <= n / 4;
	if (!a->again) {
		vec_release(&at);
	}
	a->at = at.v;
	a->input_count = (uint32_t)at.n;
	return a->again;
}

/* What is known of a file that is gone, as removed temporary ones are: --touch takes it as it
 * was. False: nothing. */
static bool was_known(const struct state *s, uint32_t file, struct known_file *ret)
{
	uint32_t id = state_file_of(s, file);
	if (id == STATE_NONE || !s->files.v[id].content.kind) {
		return false;
	}
	*ret = s->files.v[id];
	return true;
}

/* What the inputs are at this moment. */
static void note_inputs(struct recorder *r, struct started *a)
{
	const struct dag *d = r->plan->d;
	struct state *s = &r->records->state;
	uint32_t n;
	const uint32_t *in = dag_inputs(d, a->job, &n);
	int64_t most = r->plan->o.checksum_limit;
	n = a->again ? a->input_count : n;
	a->inputs = xcalloc(n ? n : 1, sizeof(*a->inputs));
	a->input_count = n;
	for (uint32_t k = 0; k < n; k++) {
		uint32_t file = INPUT_FILE(in[a->at ? a->at[k] : k]);
		uint32_t id = state_file_of(s, file);
		struct known_file *now = &a->inputs[k];
		/* --touch goes through the jobs in order and keeps no account */
		a->early = a->early || (r->plan->done && is_of_run(r, file) &&
					       !r->plan->done[d->producer[file]]);
		if (note_made(r, file, now)) {
			continue;
		}
		bool fresh = id == STATE_NONE;
		if (look_at_input(r, file, fresh, now) != 0) {
			if (was_known(s, file, now)) {
				continue;
			}
			now->stamp = (struct stamp){-1, -1};
			now->job = STATE_NONE;
		} else if (fresh && now->content.kind != CONTENT_NONE) {
			/* so that no other job reads it */
			state_put_file(s, state_file_id(s, file), now);
			continue;
		}
		const struct known_file *known =
			id == STATE_NONE ? NULL : &s->files.v[id];
		if (known && (known->content.kind == CONTENT_JOB ||
				     (content_is_settled(known, most) &&
					     stamp_eq(now->stamp, known->stamp)))) {
			now->content = known->content;
		}
	}
}

/* The contents of such outputs are told by all inputs. */
static bool makes_by_touch(const struct job_spec *spec)
{
	for (uint32_t i = 0; i < spec->output_count; i++) {
		if (spec->outputs[i].flags & OUTPUT_TOUCH) {
			return true;
		}
	}
	return false;
}

void recorder_starting(struct recorder *r, const struct job_spec *spec)
{
	struct started a = {.job = spec->job, .start_ns = clock_wall_ns(&clock_real)};
	if (!r->records || (!spec->output_count && spec->kind == COMMAND_NONE)) {
		return;
	}
	if (!r->origin.folder) {
		run_origin_begin(&r->origin, r->plan->d->wf, r->run.workflow.p);
	}
	a.id = spec->output_count
		       ? record_id(r, spec->job)
		       : state_loose_job(&r->records->state,
				 sv_from(spec->rule ? spec->rule : ""),
				 sv_from(spec->wildcards ? spec->wildcards : ""));
	if (!makes_by_touch(spec)) {
		find_changes(r, &a);
	}
	r->plan->record[spec->job] = a.id;
	note_inputs(r, &a);
	strbuf_reset(&r->outputs);
	for (uint32_t i = 0; i < spec->output_count; i++) {
		strbuf_add(&r->outputs, spec->outputs[i].path,
			strlen(spec->outputs[i].path) + 1);
	}
	struct row_start row = {.job = a.id,
		.run = r->run.id,
		.start_ns = a.start_ns,
		.paths = strbuf_sv(&r->outputs)};
	state_put_start(&r->records->state, &row);
	state_commit(&r->records->state);
	vec_push(&r->started, a);
}

/* The content of a file that was looked at: by its stamp for now where it is large. */
static void read_later(struct recorder *r, uint32_t file, uint32_t id, int64_t input,
	struct known_file *io)
{
	struct plan *p = r->plan;
	const char *path = dag_path(p->d, file).p;
	if (io->content.kind == CONTENT_NONE && late_is_large(io, p->o.checksum_limit) &&
		!plan_known_by_git(p, file, io)) {
		io->content = content_of_stamp(io->stamp);
		late_add(&r->late, path, p->o.checksum_limit, id, input, io);
	} else {
		plan_read(p, file, io);
	}
}

/* The content of input number `at` of the record as it was at the start; read now, if it is
 * still so. */
static struct content input_content(struct recorder *r, uint32_t file, uint32_t id,
	int64_t at, struct known_file *seen)
{
	struct state *s = &r->records->state;
	if (seen->content.kind == CONTENT_NONE) {
		const struct known_file *known = &s->files.v[id];
		if (content_is_settled(known, r->plan->o.checksum_limit) &&
			stamp_eq(known->stamp, seen->stamp)) {
			seen->content = known->content; /* another job read it */
			return seen->content;
		}
		read_later(r, file, id, at, seen);
		/* a file that some job made stays as that left it */
		if (known->job == STATE_NONE) {
			state_put_file(s, id, seen);
		}
	}
	return seen->content;
}

/* An input that the job told of in its dependency file. */
static void add_told(struct recorder *r, struct strview path, struct hashmap *seen)
{
	struct dag *d = r->plan->d;
	struct known_file now;
	uint32_t file = dag_intern_path(d, path, &r->outputs);
	if (hashmap_set(seen, file, 0) != HASHMAP_NONE ||
		content_look(dag_path(d, file).p, &now) != 0) {
		return;
	}
	uint32_t id = state_file_id(&r->records->state, file);
	int64_t at = (int64_t)(r->inputs.len / sizeof(struct seen_input));
	struct content c = input_content(r, file, id, at, &now);
	struct seen_input input = {id, c.kind, c.digest};
	strbuf_add(&r->inputs, &input, sizeof(input));
}

/* Those that are in the dependency file by now, in place of those of the last run. */
static void add_depfile(struct recorder *r, struct started *a)
{
	struct arena arena = ARENA_INIT;
	struct depfile deps;
	struct hashmap seen;
	struct strview path;
	depfile_init(&deps);
	hashmap_init(&seen);
	if (job_depfile(&r->records->context, &arena, a->job, &path) == 0 && path.n) {
		uint32_t n, products = dag_rule(r->plan->d, a->job)->product_count;
		const uint32_t *in = dag_inputs(r->plan->d, a->job, &n);
		for (uint32_t k = 0; k < n; k++) {
			if (!(in[k] & INPUT_TOLD)) {
				hashmap_set(&seen, INPUT_FILE(in[k]), 0);
			}
		}
		for (uint32_t k = 0; k < products; k++) {
			hashmap_set(&seen, dag_products(r->plan->d, a->job)[k], 0);
		}
		depfile_read(&deps, path.p);
		for (size_t i = 0; i < deps.paths.n; i++) {
			add_told(r, deps.paths.v[i], &seen);
		}
	}
	hashmap_release(&seen);
	depfile_release(&deps);
	arena_release(&arena);
}

static void add_inputs(struct recorder *r, struct started *a)
{
	uint32_t n;
	const uint32_t *in = dag_inputs(r->plan->d, a->job, &n);
	strbuf_reset(&r->inputs);
	for (uint32_t k = 0, count = 0; k < n && k < a->input_count; k++) {
		uint32_t at = a->at ? a->at[k] : k;
		if (in[at] & INPUT_TOLD) {
			continue;
		}
		uint32_t file = INPUT_FILE(in[at]);
		uint32_t id = state_file_id(&r->records->state, file);
		struct content c = input_content(r, file, id, count++, &a->inputs[k]);
		struct seen_input seen = {id, c.kind, c.digest};
		struct input_patch patch = {seen, at, 0};
		if (a->again) {
			strbuf_add(&r->inputs, &patch, sizeof(patch));
		} else {
			strbuf_add(&r->inputs, &seen, sizeof(seen));
		}
	}
	if (dag_rule(r->plan->d, a->job)->depfile) {
		add_depfile(r, a);
	}
}

/* The digest of a `touch` output: that of its job. */
static struct content content_of_job(
	const struct recorder *r, const struct fingerprint *print)
{
	struct digest d = hash128(r->inputs.buf, r->inputs.len);
	uint64_t all[5] = {print->code, print->params, print->software, d.hi, d.lo};
	return (struct content){hash128(all, sizeof(all)), CONTENT_JOB};
}

static void add_outputs(struct recorder *r, const struct job_spec *spec,
	const struct fs_stat *seen, uint32_t id, const struct fingerprint *print)
{
	struct plan *p = r->plan;
	struct state *s = &r->records->state;
	const uint32_t *files = dag_products(p->d, spec->job);
	uint32_t n = dag_rule(p->d, spec->job)->product_count;
	strbuf_reset(&r->outputs);
	for (uint32_t i = 0; i < n; i++) {
		struct known_file now;
		const char *path = dag_path(p->d, files[i]).p;
		bool output = i < spec->output_count, gone = false;
		if (!output && !(p->d->file_flags[files[i]] & FILE_NEEDED)) {
			continue; /* a log that nobody reads */
		}
		if (output && seen && seen[i].kind == FS_FILE) {
			content_from(&seen[i], &now);
		} else if (content_look(path, &now) != 0) {
			gone = output && was_known(s, files[i], &now);
			if (!gone) {
				continue;
			}
		}
		if (output && spec->outputs[i].flags & OUTPUT_TOUCH) {
			now.content = content_of_job(r, print);
		} else if (!gone) {
			now.job = id;
			read_later(r, files[i], state_file_id(s, files[i]), -1, &now);
		}
		now.job = id;
		uint32_t file = state_file_id(s, files[i]);
		state_put_file(s, file, &now);
		strbuf_add(&r->outputs, &file, sizeof(file));
	}
}

/* Texts for people, without the passwords of URLs. */
static struct strview cut(struct strbuf *sb)
{
	size_t n = sb->len < LONGEST_TEXT ? sb->len : LONGEST_TEXT;
	strbuf_setlen(sb, n);
	redact_urls(sb);
	n = sb->len;
	return (struct strview){sb->buf, n};
}

static void sync_path(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0) {
		if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
			syncfs(fd); /* a folder and all in it */
		} else {
			fsync(fd);
		}
		close(fd);
	}
}

/* --sync: the outputs are on the disk before the record says that they are there. */
static void sync_outputs(const struct job_spec *spec)
{
	for (uint32_t i = 0; i < spec->output_count; i++) {
		struct strview dir = path_dir(sv_from(spec->outputs[i].path));
		char *folder = xmemdup0(dir.p, dir.n);
		sync_path(spec->outputs[i].path);
		int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0) {
			fsync(fd);
			close(fd);
		}
		free(folder);
	}
}

static void put_job(struct recorder *r, struct started *a, const struct job_spec *spec,
	const struct job_result *result)
{
	struct fingerprinter *f = &r->records->fingerprints;
	const struct job_usage *u = &result->usage;
	struct fingerprint print = {0, 0, 0};
	const struct strview *text = spec->kind == COMMAND_SHELL ? &spec->text : NULL;
	uint32_t version = fingerprint_job(f, spec->job, text, &print) == 0
				   ? FINGERPRINT_VERSION
				   : 0;
	add_inputs(r, a);
	add_outputs(r, spec, result->seen, a->id, &print);
	struct row_job row = {.id = a->id,
		.run = r->run.id,
		.version = version,
		.rule_version = fingerprint_rule(f, dag_rule(r->plan->d, spec->job)),
		.code = print.code,
		.params = print.params,
		.software = print.software,
		.inputs = strbuf_sv(&r->inputs),
		.outputs = strbuf_sv(&r->outputs),
		.rule = sv_from(spec->rule ? spec->rule : ""),
		.wildcards = sv_from(spec->wildcards ? spec->wildcards : ""),
		.start_ns = a->start_ns,
		.end_ns = u->end_ns,
		.seconds = u->seconds,
		.user_s = u->user_s,
		.sys_s = u->sys_s,
		.max_rss_kb = u->max_rss_kb,
		.attempt = spec->attempt,
		.threads = spec->threads,
		.log = sv_from(spec->log_count ? spec->logs[0] : ""),
		.command = cut(&f->command),
		.param_text = cut(&f->params)};
	late_job_put(&r->late, a->again ? ROW_AGAIN : ROW_JOB, &row);
}

static bool leaves_unfinished(const struct recorder *r, const struct job_spec *spec)
{
	bool resumes = false;
	for (uint32_t i = 0; i < spec->output_count; i++) {
		resumes = resumes || spec->outputs[i].flags & OUTPUT_RESUME;
	}
	return resumes || r->keep_incomplete;
}

void recorder_ended(
	struct recorder *r, const struct job_spec *spec, const struct job_result *result)
{
	size_t i = 0;
	if (result->outcome == JOB_OK && r->plan->done) {
		r->plan->done[spec->job] = 1;
	}
	while (i < r->started.n && r->started.v[i].job != spec->job) {
		i++;
	}
	if (i == r->started.n) {
		return;
	}
	struct started a = r->started.v[i];
	r->started.v[i] = vec_last(&r->started);
	r->started.n--;
	if (result->outcome == JOB_OK) {
		if (r->sync) {
			sync_outputs(spec);
		}
		note_late_inputs(r, &a);
		put_job(r, &a, spec, result);
	} else if (!leaves_unfinished(r, spec)) {
		state_put_drop(&r->records->state, a.id);
	}
	free(a.inputs);
	free(a.at);
	state_commit(&r->records->state);
	late_digests_settle(&r->late, false);
	if (r->sync) {
		state_sync(&r->records->state);
	}
}
