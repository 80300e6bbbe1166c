/* --trace: the jobs of a run along a line of time, for chrome://tracing and Perfetto. */
#include "base/json_writer.h"
#include "base/vec.h"
#include "base/xalloc.h"
#include "view/out.h"
#include "view/view_records.h"

struct trace {
	struct state *s;
	uint32_t first_run, last_run;
	int64_t begin_ns;  /* of the first run: time 0 */
	uint32_t *lane_of; /* by job id; STATE_NONE: not of these runs */
	uint32_t lanes;
	struct json_writer j;
	struct strbuf text;
	FILE *to;
	int rc;
};

static bool was_run(const struct known_job *job)
{
	return job->seconds >= 0; /* less: marked by --touch */
}

static int by_start(const void *a, const void *b, void *ctx)
{
	const struct state *s = ctx;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	int64_t x = s->jobs.v[i].start_ns, y = s->jobs.v[k].start_ns;
	return x != y ? (x > y) - (x < y) : (i > k) - (i < k);
}

static int by_end(const void *a, const void *b, void *ctx)
{
	const struct state *s = ctx;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	int64_t x = s->jobs.v[i].end_ns, y = s->jobs.v[k].end_ns;
	return x != y ? (x > y) - (x < y) : (i > k) - (i < k);
}

/* The last run that left a job, and those before it of the same process: a run that waited
 * for jobs to know its inputs is several. False: none. */
static bool find_runs(struct trace *t)
{
	struct row_run run, before;
	for (size_t i = 0; i < t->s->jobs.n; i++) {
		const struct known_job *job = &t->s->jobs.v[i];
		if (was_run(job) && job->run > t->last_run) {
			t->last_run = job->run;
		}
	}
	t->first_run = t->last_run;
	if (!t->last_run || state_run(t->s, t->last_run, &run) <= 0) {
		return false;
	}
	int64_t pid = run.pid;
	t->begin_ns = run.start_ns;
	while (t->first_run > 1 && state_run(t->s, t->first_run - 1, &before) > 0 &&
		before.pid == pid) {
		t->first_run--;
		t->begin_ns = before.start_ns;
	}
	return true;
}

/* Each job gets the lowest lane that is free when it starts. */
static void assign_lanes(struct trace *t)
{
	const struct state *s = t->s;
	VEC(uint32_t) starts = {0}, ends = {0};
	VEC(uint8_t) busy = {0};
	t->lane_of = xreallocarray(NULL, s->jobs.n, sizeof(*t->lane_of));
	for (uint32_t i = 0; i < s->jobs.n; i++) {
		const struct known_job *job = &s->jobs.v[i];
		t->lane_of[i] = STATE_NONE;
		if (was_run(job) && job->run >= t->first_run && job->run <= t->last_run) {
			vec_push(&starts, i);
			vec_push(&ends, i);
		}
	}
	qsort_r(starts.v, starts.n, sizeof(*starts.v), by_start, t->s);
	qsort_r(ends.v, ends.n, sizeof(*ends.v), by_end, t->s);
	uint32_t lowest = 0;
	for (size_t i = 0, e = 0; i < starts.n; i++) {
		const struct known_job *job = &s->jobs.v[starts.v[i]];
		for (; e < ends.n && s->jobs.v[ends.v[e]].end_ns <= job->start_ns; e++) {
			uint32_t lane = t->lane_of[ends.v[e]];
			if (lane != STATE_NONE) {
				busy.v[lane] = 0;
				lowest = lane < lowest ? lane : lowest;
			}
		}
		while (lowest < busy.n && busy.v[lowest]) {
			lowest++;
		}
		if (lowest == busy.n) {
			vec_push(&busy, 0);
		}
		busy.v[lowest] = 1;
		t->lane_of[starts.v[i]] = lowest;
	}
	t->lanes = (uint32_t)busy.n;
	vec_release(&starts);
	vec_release(&ends);
	vec_release(&busy);
}

static double microseconds(int64_t ns)
{
	return (double)ns / 1000;
}

static void add_args(struct json_writer *j, const struct row_job *job)
{
	json_key(j, "args");
	json_object(j);
	json_key_string(j, "rule", job->rule);
	json_key_string(j, "wildcards", job->wildcards);
	json_key_string(j, "command", job->command);
	json_key_int(j, "threads", job->threads);
	json_key_int(j, "attempt", job->attempt);
	json_key_double(j, "cpu_seconds", job->user_s + job->sys_s);
	json_key_int(j, "max_rss_kb", job->max_rss_kb);
	if (job->log.n) {
		json_key_string(j, "log", job->log);
	}
	json_end(j);
}

static void put_job(void *ctx, const struct row_job *job)
{
	struct trace *t = ctx;
	struct json_writer *j = &t->j;
	if (job->id >= t->s->jobs.n || t->lane_of[job->id] == STATE_NONE || t->rc != 0) {
		return;
	}
	struct strbuf name = STRBUF_INIT;
	strbuf_addsv(&name, job->rule);
	if (job->wildcards.n) {
		strbuf_addf(&name, " " SV_FMT, SV_ARG(job->wildcards));
	}
	json_object(j);
	json_key_string(j, "name", strbuf_sv(&name));
	json_key_string(j, "cat", job->rule);
	json_key_string(j, "ph", SV("X"));
	json_key_double(j, "ts", microseconds(job->start_ns - t->begin_ns));
	json_key_double(j, "dur",
		microseconds(
			job->end_ns > job->start_ns ? job->end_ns - job->start_ns : 0));
	json_key_int(j, "pid", 1);
	json_key_int(j, "tid", t->lane_of[job->id] + 1);
	add_args(j, job);
	json_end(j);
	strbuf_release(&name);
	t->rc = flush(&t->text, t->to, FLUSH_AT);
}

/* What a process or a thread is called. */
static void add_name(
	struct json_writer *j, const char *what, uint32_t tid, const char *name)
{
	json_object(j);
	json_key_string(j, "name", sv_from(what));
	json_key_string(j, "ph", SV("M"));
	json_key_int(j, "pid", 1);
	json_key_int(j, "tid", tid);
	json_key(j, "args");
	json_object(j);
	json_key_string(j, "name", sv_from(name));
	json_end(j);
	json_end(j);
}

static void add_names(struct trace *t)
{
	struct row_run run;
	struct strbuf name = STRBUF_INIT;
	strbuf_addstr(&name, "cwflow");
	if (state_run(t->s, t->last_run, &run) > 0) {
		strbuf_addf(&name, " " SV_FMT " on " SV_FMT, SV_ARG(run.arguments),
			SV_ARG(run.host));
	}
	add_name(&t->j, "process_name", 0, name.buf);
	for (uint32_t lane = 1; lane <= t->lanes; lane++) {
		strbuf_reset(&name);
		strbuf_addf(&name, "slot %u", (unsigned)lane);
		add_name(&t->j, "thread_name", lane, name.buf);
	}
	strbuf_release(&name);
}

int view_trace(struct state *s, FILE *to)
{
	struct trace t = {.s = s, .to = to, .text = STRBUF_INIT};
	if (!find_runs(&t)) {
		return 1;
	}
	assign_lanes(&t);
	json_init(&t.j, &t.text);
	json_object(&t.j);
	json_key_string(&t.j, "displayTimeUnit", SV("ms"));
	json_key(&t.j, "traceEvents");
	json_array(&t.j);
	add_names(&t);
	t.rc = state_each_job(s, put_job, &t) != 0 ? -1 : t.rc;
	json_end(&t.j);
	json_end(&t.j);
	strbuf_addch(&t.text, '\n');
	t.rc |= flush(&t.text, to, 0);
	strbuf_release(&t.text);
	free(t.lane_of);
	return t.rc;
}
