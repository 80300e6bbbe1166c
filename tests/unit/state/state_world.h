/* A state in a folder of its own, jobs in it, and runs that are killed; for its tests. */
#ifndef CW_TESTS_STATE_WORLD_H
#define CW_TESTS_STATE_WORLD_H

#include "state/state.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/intern.h"
#include "sys/fs.h"

static char dir[64];
static bool as_network;

struct world {
	struct intern names;
	struct state state;
	struct strbuf note;
};

CW_UNUSED static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/cw-test-state-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

CW_UNUSED static int teardown(void **state)
{
	(void)state;
	return fs_remove_tree(AT_FDCWD, dir);
}

static uint32_t number_of(void *ctx, struct strview path)
{
	return intern_put(ctx, path.p, path.n);
}

static struct strview path_of(void *ctx, uint32_t number)
{
	return intern_str(ctx, number);
}

static bool is_path_of(void *ctx, uint32_t number, struct strview path)
{
	return sv_eq(intern_str(ctx, number), path);
}

static uint32_t count_of(void *ctx)
{
	return ((struct intern *)ctx)->count;
}

static int open_world(struct world *w, enum state_mode mode)
{
	struct state_names names = {.number = number_of,
		.path = path_of,
		.ctx = &w->names,
		.is = is_path_of,
		.count = count_of,
		.as_network = as_network};
	intern_init(&w->names);
	/* some names that are always there, as those of a workflow are */
	intern_put(&w->names, "elsewhere", 9);
	intern_put(&w->names, "in/0", 4);
	intern_put(&w->names, "out/0", 5);
	strbuf_init(&w->note);
	return state_open(&w->state, dir, mode, &names, &w->note);
}

CW_UNUSED static int close_world(struct world *w)
{
	int rc = state_close(&w->state, &w->note);
	intern_release(&w->names);
	strbuf_release(&w->note);
	return rc;
}

/* A job number `i` that made out/i from in/i. */
static void start_job(struct world *w, uint32_t id, uint32_t i)
{
	char paths[64];
	int n = snprintf(paths, sizeof(paths), "out/%u", (unsigned)i);
	state_put_start(&w->state, &(struct row_start){id, 1, 5, {paths, (size_t)n + 1}});
	assert_int_equal(state_commit(&w->state), 0);
}

static void end_job(struct world *w, uint32_t id, uint32_t i)
{
	char in[32], out[32];
	int n = snprintf(in, sizeof(in), "in/%u", (unsigned)i);
	int m = snprintf(out, sizeof(out), "out/%u", (unsigned)i);
	uint32_t in_file = state_file_id(&w->state, intern_put(&w->names, in, (size_t)n));
	uint32_t out_file =
		state_file_id(&w->state, intern_put(&w->names, out, (size_t)m));
	struct known_file f = {{i, 10}, 1, i, {{i, 1}, CONTENT_BYTES}, STATE_NONE};
	state_put_file(&w->state, in_file, &f);
	f.job = id;
	f.content.digest.lo = 2;
	state_put_file(&w->state, out_file, &f);
	struct seen_input seen = {in_file, CONTENT_BYTES, {i, 1}};
	struct row_job job = {.id = id,
		.run = 1,
		.version = 1,
		.code = i,
		.inputs = {(const char *)&seen, sizeof(seen)},
		.outputs = {(const char *)&out_file, sizeof(out_file)},
		.rule = SV("make"),
		.wildcards = SV("i=\"x\""),
		.seconds = 0.5,
		.max_rss_kb = 1000,
		.command = SV("make it\nso")};
	state_put_job(&w->state, ROW_JOB, &job);
	assert_int_equal(state_commit(&w->state), 0);
}

static void put_run(struct world *w)
{
	struct row_run run = {
		.id = w->state.last_run + 1, .host = SV("here"), .dirty = -1};
	state_put_run(&w->state, &run);
	assert_int_equal(state_commit(&w->state), 0);
}

CW_UNUSED static void assert_job(struct world *w, uint32_t i)
{
	char out[32];
	int n = snprintf(out, sizeof(out), "out/%u", (unsigned)i);
	uint32_t file = state_file_of(&w->state, intern_find(&w->names, out, (size_t)n));
	assert_int_not_equal(file, STATE_NONE);
	uint32_t id = w->state.files.v[file].job;
	const struct known_job *job = &w->state.jobs.v[id];
	assert_int_equal(job->run, 1);
	assert_int_equal(job->code, i);
	assert_int_equal(job->input_count, 1);
	assert_int_equal(w->state.inputs.v[job->inputs].digest.hi, i);
	assert_int_equal(w->state.outputs.v[job->outputs], file);
	struct row_job row;
	assert_int_equal(state_job(&w->state, id, &row), 1);
	assert_true(sv_eq_str(row.command, "make it\nso"));
	assert_true(sv_eq_str(row.wildcards, "i=\"x\""));
}

/* In a process of its own that dies without a word: `jobs` jobs end, one does not. */
CW_UNUSED static void die_after(uint32_t jobs, bool wait)
{
	pid_t pid = fork();
	if (pid == 0) {
		struct world w;
		open_world(&w, STATE_RUN);
		put_run(&w);
		for (uint32_t i = 0; i < jobs; i++) {
			uint32_t id = state_new_job(&w.state);
			start_job(&w, id, i);
			end_job(&w, id, i);
			if (wait && i % 50 == 0) {
				usleep(30000); /* so that the thread writes some */
			}
		}
		start_job(&w, state_new_job(&w.state), 5000);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

#endif
