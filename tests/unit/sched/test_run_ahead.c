/* Many short jobs: the next are handed over before their turn, and what that must not
 * change. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/xalloc.h"
#include "fakes/sandbox.h"
#include "sched/run.h"
#include "sched/run_ahead.h"
#include "sys/clock.h"
#include "sys/fs.h"

enum { MOST = 400 };

struct many {
	uint32_t count, cores;
	/* The command of job `i`; its output is "o/I". */
	const char *(*text)(uint32_t i, struct arena *arena);
	uint32_t wide_every; /* every so manyth asks for two cores; 0: none */
	uint32_t skip_every; /* ... is found needless */
	bool keep_going, logs;
	/* out */
	struct run_result result;
	uint32_t ahead, unbegun;    /* that ended; that came back */
	uint32_t started, finished; /* that were told */
	enum job_outcome outcome[MOST];
	char *output[MOST];
	uint32_t told[MOST]; /* starts less ends that were told */
};

static int build(void *ctx, uint32_t job, uint32_t attempt, struct arena *arena,
	struct job_spec *ret, const char **ret_error)
{
	struct many *m = ctx;
	(void)attempt;
	(void)ret_error;
	if (m->skip_every && job % m->skip_every == 1) {
		return 1;
	}
	struct spec_file *output = ARENA_ARRAY(arena, struct spec_file, 1);
	output->path = arena_printf(arena, "o/%u", job);
	output->flags = 0;
	output->sha256 = NULL;
	const char **log = ARENA_ARRAY(arena, const char *, 1);
	log[0] = arena_printf(arena, "o/%u.log", job);
	*ret = (struct job_spec){.kind = COMMAND_SHELL,
		.shell = "sh",
		.shell_prefix = SV_INIT("set -eu;"),
		.text = sv_from(m->text(job, arena)),
		.threads = 1,
		.outputs = output,
		.output_count = 1,
		.logs = log,
		.log_count = m->logs,
		.rule = "r",
		.wildcards = ""};
	return 0;
}

static void starting(void *ctx, const struct job_spec *spec)
{
	(void)ctx;
	(void)spec;
}

static void ended(void *ctx, const struct job_spec *spec, const struct job_result *result)
{
	struct many *m = ctx;
	m->ahead += spec->ahead && result->outcome != JOB_UNBEGUN;
	m->unbegun += result->outcome == JOB_UNBEGUN;
	m->outcome[spec->job] = result->outcome;
	free(m->output[spec->job]);
	m->output[spec->job] = xmemdup0(result->output.p, result->output.n);
}

struct counting {
	struct reporter base;
	struct many *m;
};

static void count_event(struct reporter *r, const struct run_event *e)
{
	struct many *m = ((struct counting *)r)->m;
	m->started += e->kind == EVENT_JOB_STARTED;
	m->finished += e->kind == EVENT_JOB_FINISHED;
	if (e->kind == EVENT_JOB_STARTED) {
		assert_int_equal(m->told[e->job]++, 0);
		assert_true(e->running <= m->cores);
	} else if (e->kind == EVENT_JOB_FINISHED) {
		assert_int_equal(--m->told[e->job], 0);
	}
}

static void run(struct many *m)
{
	static uint32_t zero[MOST + 1], class_of[MOST];
	static uint64_t start[MOST + 1];
	static uint8_t wanted[MOST];
	struct sched_class classes[] = {{.amount = {1}}, {.amount = {2}}};
	for (uint32_t i = 0; i < m->count; i++) {
		wanted[i] = 1;
		class_of[i] = m->wide_every && i % m->wide_every == 0;
	}
	struct sched_graph graph = {.job_count = m->count,
		.pending = zero,
		.dependents_start = start,
		.dependents = zero,
		.wanted = wanted,
		.class_of = class_of,
		.classes = classes,
		.class_count = 2,
		.resource_count = 1,
		.limit = {m->cores},
		.keep_going = m->keep_going};
	struct counting reporter = {.base = {.event = count_event}, .m = m};
	assert_true(mkdir(".cwflow", 0700) == 0 || errno == EEXIST);
	struct run_options o = {.graph = &graph,
		.source = {.ctx = m,
			.build = build,
			.starting = starting,
			.ended = ended},
		.reporter = &reporter.base,
		.cores = m->cores,
		.state_dir = ".cwflow",
		.latency_wait_s = 5,
		.ahead_ns = 10 * NS_PER_S, /* however slow this machine is */
		.always_shell = true};
	assert_int_equal(run_jobs(&o, &m->result), 0);
	assert_int_equal(m->result.counts.running, 0);
}

static void release(struct many *m)
{
	for (uint32_t i = 0; i < MOST; i++) {
		free(m->output[i]);
	}
}

/* How many lines `path` has; they are 0, 1, 2... */
static uint32_t lines_in_order(const char *path)
{
	char *text = sandbox_read(path), *at = text;
	uint32_t n = 0;
	assert_non_null(text);
	for (; *at; n++) {
		char *end;
		assert_int_equal(strtoul(at, &end, 10), n);
		assert_int_equal(*end, '\n');
		at = end + 1;
	}
	free(text);
	return n;
}

static const char *in_turn(uint32_t i, struct arena *arena)
{
	return arena_printf(arena, "echo %u >> order; echo said %u; : > o/%u", i, i, i);
}

static void all_run_once(void **state)
{
	(void)state;
	struct many m = {.count = 300, .cores = 1, .text = in_turn, .skip_every = 0};
	run(&m);
	assert_int_equal(m.result.counts.succeeded, 300);
	assert_int_equal(lines_in_order("order"), 300);
	assert_int_equal(m.started, 300);
	assert_int_equal(m.finished, 300);
	for (uint32_t i = 0; i < m.count; i++) {
		char text[32];
		snprintf(text, sizeof(text), "said %u\n", i);
		assert_string_equal(m.output[i], text);
	}
	release(&m);
}

enum { BAD = 60 };

static const char *bad_exit(uint32_t i, struct arena *arena)
{
	return i == BAD ? "echo 60 >> order; exit 3" : in_turn(i, arena);
}

static const char *bad_output(uint32_t i, struct arena *arena)
{
	return i == BAD ? "echo 60 >> order" : in_turn(i, arena);
}

/* Nothing begins after a failure; what was put aside for it is back. */
static void failure_stops(void **state)
{
	(void)state;
	static const char *(*const texts[])(uint32_t, struct arena *) = {
		bad_exit, bad_output};
	uint32_t ahead = 0;
	for (uint32_t k = 0; k < 4; k++) {
		unlink("order");
		assert_int_equal(fs_remove_tree(AT_FDCWD, "o"), 0);
		assert_int_equal(mkdir("o", 0777), 0);
		for (uint32_t i = BAD + 1; i < 100; i++) {
			char path[16];
			snprintf(path, sizeof(path), "o/%u", i);
			sandbox_write(path, "old");
		}
		struct many m = {.count = 100, .cores = 1, .text = texts[k % 2]};
		run(&m);
		assert_int_equal(m.result.counts.failed, 1);
		assert_int_equal(m.result.counts.succeeded, BAD);
		assert_int_equal(lines_in_order("order"), BAD + 1);
		assert_int_equal(m.started, BAD + 1);
		for (uint32_t i = BAD + 1; i < 100; i++) {
			char path[16];
			snprintf(path, sizeof(path), "o/%u", i);
			char *text = sandbox_read(path);
			assert_non_null(text);
			assert_string_equal(text, "old");
			free(text);
		}
		assert_false(fs_exists(".cwflow/running"));
		ahead += m.ahead;
		release(&m);
	}
	assert_true(ahead > 0);
}

static const char *some_bad(uint32_t i, struct arena *arena)
{
	return i % 7 == 3 ? "exit 1" : in_turn(i, arena);
}

static void going_on_after_failures(void **state)
{
	(void)state;
	struct many m = {.count = 210, .cores = 2, .text = some_bad, .keep_going = true};
	run(&m);
	assert_int_equal(m.result.counts.failed, 30);
	assert_int_equal(m.result.counts.succeeded, 180);
	assert_int_equal(m.started, 210);
	release(&m);
}

static const char *crowd(uint32_t i, struct arena *arena)
{
	return arena_printf(arena,
		"mkdir in/%u; ls in | wc -l > o/%u; rmdir in/%u; echo x >> o/%u", i, i, i,
		i);
}

/* Never more at once than there are cores for, whatever they ask for. */
static void never_too_many(void **state)
{
	(void)state;
	assert_int_equal(mkdir("in", 0777), 0);
	for (uint32_t wide = 0; wide < 24; wide += 11) {
		assert_int_equal(fs_remove_tree(AT_FDCWD, "o"), 0);
		struct many m = {.count = 120,
			.cores = 2,
			.text = crowd,
			.wide_every = wide,
			.skip_every = wide ? 5 : 0};
		run(&m);
		assert_int_equal(m.result.counts.failed, 0);
		assert_int_equal(m.result.counts.succeeded, wide ? 96 : 120);
		for (uint32_t i = 0; i < m.count; i++) {
			char path[16];
			snprintf(path, sizeof(path), "o/%u", i);
			char *text = sandbox_read(path);
			if (text) {
				long most = wide && i % wide == 0 ? 1 : 2;
				assert_true(strtol(text, NULL, 10) <= most);
			}
			free(text);
		}
		release(&m);
	}
}

static const char *leaves_one(uint32_t i, struct arena *arena)
{
	if (i % 40 != 30) {
		return in_turn(i, arena);
	}
	return arena_printf(arena,
		"(for k in 1 2 3 4 5 6 7 8 9; do echo late; sleep 0.1; done) & "
		"echo said %u; : > o/%u; echo %u >> order",
		i, i, i);
}

/* What a job left behind goes on talking: not in the name of others. */
static void late_words(void **state)
{
	(void)state;
	struct many m = {.count = 120, .cores = 1, .text = leaves_one};
	run(&m);
	assert_int_equal(m.result.counts.succeeded, 120);
	for (uint32_t i = 0; i < m.count; i++) {
		if (i % 40 != 30) {
			assert_null(strstr(m.output[i], "late"));
		}
	}
	release(&m);
}

static const char *calls_for_an_end(uint32_t i, struct arena *arena)
{
	return i == BAD ? "kill -INT $CW_TEST_PARENT; sleep 60" : in_turn(i, arena);
}

/* An interrupt: what was handed over ahead never begins. */
static void interrupted(void **state)
{
	(void)state;
	char pid[16];
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("CW_TEST_PARENT", pid, 1);
	struct many m = {.count = 100, .cores = 1, .text = calls_for_an_end};
	run(&m);
	assert_int_equal(m.result.signal, SIGINT);
	assert_int_equal(m.outcome[BAD], JOB_CANCELLED);
	assert_int_equal(m.result.counts.succeeded, BAD);
	assert_int_equal(lines_in_order("order"), BAD);
	assert_false(fs_exists("o/61"));
	release(&m);
}

/* Those with a log of an earlier run wait for their turn: it would be lost. */
static void logs_stay(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		unlink("order");
		if (i == 1) {
			assert_int_equal(mkdir("o", 0777) == 0 || errno == EEXIST, 1);
			for (uint32_t k = BAD + 1; k < 100; k++) {
				char path[16];
				snprintf(path, sizeof(path), "o/%u.log", k);
				sandbox_write(path, "old log");
			}
		}
		struct many m = {.count = 100,
			.cores = 1,
			.text = i ? bad_exit : in_turn,
			.logs = true};
		run(&m);
		assert_int_equal(m.result.counts.succeeded, i ? BAD : 100);
		release(&m);
	}
	for (uint32_t k = BAD + 1; k < 100; k++) {
		char path[16];
		snprintf(path, sizeof(path), "o/%u.log", k);
		char *text = sandbox_read(path);
		assert_non_null(text);
		assert_string_equal(text, "old log");
		free(text);
	}
}

static const char *slow_now_and_then(uint32_t i, struct arena *arena)
{
	return i % 50 == 40 ? arena_printf(arena, "sleep 0.4; : > o/%u", i)
			    : in_turn(i, arena);
}

/* Jobs that wait behind slow ones are called back, and run in the end. */
static void behind_slow_ones(void **state)
{
	(void)state;
	struct many m = {.count = 150, .cores = 2, .text = slow_now_and_then};
	run(&m);
	assert_int_equal(m.result.counts.succeeded, 150);
	assert_int_equal(m.started, 150);
	release(&m);
}

static void how_many(void **state)
{
	(void)state;
	struct run_ahead a = {.work_s = 0.005};
	assert_int_equal(run_ahead_most(&a, 2), 0); /* nothing is known */
	for (int i = 0; i < 50; i++) {
		run_ahead_measure(&a, 0.001);
	}
	uint32_t most = run_ahead_most(&a, 2);
	assert_true(most >= 6 && most <= 10);
	assert_int_equal(run_ahead_rest_ns(&a, 2), 0); /* none waits */
	a.count = most;
	int64_t rest = run_ahead_rest_ns(&a, 2);
	assert_true(rest > 500000 && rest <= 2000000);
	assert_true(run_ahead_most(&a, 4000) <= RUN_AHEAD_MOST);
	a.silent = 1;
	assert_int_equal(run_ahead_most(&a, 2), 0);
	a.silent = 0;
	run_ahead_doubt(&a);
	assert_int_equal(run_ahead_most(&a, 2), 0);
	for (int i = 0; i < 50; i++) {
		run_ahead_measure(&a, 0.001);
	}
	assert_int_equal(run_ahead_most(&a, 2), 0); /* some have not come back */
	a.paused = false;
	assert_true(run_ahead_most(&a, 2) > 0);
	for (int i = 0; i < 50; i++) {
		run_ahead_measure(&a, 10);
	}
	assert_int_equal(run_ahead_most(&a, 2), 0); /* not worth it */
}

#define IN_SANDBOX(f) cmocka_unit_test_setup_teardown(f, sandbox_enter, sandbox_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SANDBOX(all_run_once),
		IN_SANDBOX(failure_stops),
		IN_SANDBOX(going_on_after_failures),
		IN_SANDBOX(never_too_many),
		IN_SANDBOX(late_words),
		IN_SANDBOX(interrupted),
		IN_SANDBOX(logs_stay),
		IN_SANDBOX(behind_slow_ones),
		cmocka_unit_test(how_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
