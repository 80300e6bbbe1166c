/* Jobs that run again with all their inputs but some as they were: what is written of them. */
#include "state_world.h"

enum { LONG = 1400, SHORT = 5, JOBS = 3 };

/* Inputs that are patched, of a long job; those below SHORT of a short one too. */
static const uint32_t changed[] = {0, 3, 639, 640, LONG - 1};

static uint32_t count_of_job(uint32_t i)
{
	return i == 1 ? LONG : SHORT + i;
}

static struct seen_input seen_at(uint32_t i, uint32_t k, uint32_t run)
{
	return (struct seen_input){k, CONTENT_BYTES, {run, (uint64_t)i << 32 | k}};
}

static void put(struct world *w, enum row_kind kind, uint32_t i, uint32_t run,
	const struct strbuf *inputs)
{
	uint32_t out = state_file_id(&w->state, i % JOBS);
	struct row_job job = {.id = i,
		.run = run,
		.code = run,
		.inputs = strbuf_sv(inputs),
		.outputs = {(const char *)&out, sizeof(out)},
		.rule = SV("gather"),
		.command = SV("cat")};
	state_put_job(&w->state, kind, &job);
	assert_int_equal(state_commit(&w->state), 0);
}

static void put_whole(struct world *w, uint32_t i, uint32_t n)
{
	struct strbuf inputs = STRBUF_INIT;
	for (uint32_t k = 0; k < n; k++) {
		struct seen_input seen = seen_at(i, k, 1);
		strbuf_add(&inputs, &seen, sizeof(seen));
	}
	put(w, ROW_JOB, i, 1, &inputs);
	strbuf_release(&inputs);
}

static void put_patches(struct world *w, uint32_t i, uint32_t run)
{
	struct strbuf inputs = STRBUF_INIT;
	for (size_t c = 0; c < CW_ARRAY_LEN(changed); c++) {
		struct input_patch patch = {seen_at(i, changed[c], run), changed[c], 0};
		/* one beyond the end of a short list is nothing */
		strbuf_add(&inputs, &patch, sizeof(patch));
	}
	put(w, ROW_AGAIN, i, run, &inputs);
	strbuf_release(&inputs);
}

static void put_run_so(struct world *w, uint32_t id, bool ended)
{
	struct row_run run = {
		.id = id, .host = SV("here"), .dirty = -1, .end_ns = ended ? 9 : 0};
	state_put_run(&w->state, &run);
	assert_int_equal(state_commit(&w->state), 0);
}

static void first_run(void)
{
	struct world w;
	assert_int_equal(open_world(&w, STATE_RUN), 0);
	put_run_so(&w, 1, false);
	for (uint32_t i = 0; i < JOBS; i++) {
		assert_int_equal(state_new_job(&w.state), i);
		put_whole(&w, i, count_of_job(i));
	}
	put_run_so(&w, 1, true);
	assert_int_equal(close_world(&w), 0);
}

/* Run `run` makes all again; it ends, or it dies. */
static void next_run(uint32_t run, bool dies)
{
	pid_t pid = fork();
	if (pid == 0) {
		struct world w;
		if (open_world(&w, STATE_RUN) != 0) {
			_exit(1);
		}
		put_run_so(&w, run, false);
		for (uint32_t i = 0; i < JOBS; i++) {
			put_patches(&w, i, run);
		}
		if (dies) {
			_exit(0);
		}
		put_run_so(&w, run, true);
		_exit(close_world(&w) == 0 ? 0 : 1);
	}
	int status = -1;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static bool is_changed(uint32_t k)
{
	bool found = false;
	for (size_t c = 0; c < CW_ARRAY_LEN(changed); c++) {
		found = found || changed[c] == k;
	}
	return found;
}

static void assert_inputs(const struct seen_input *seen, uint32_t i, uint32_t run)
{
	for (uint32_t k = 0; k < count_of_job(i); k++) {
		struct seen_input want = seen_at(i, k, is_changed(k) ? run : 1);
		assert_memory_equal(&seen[k], &want, sizeof(want));
	}
}

static void assert_all(enum state_mode mode, uint32_t run)
{
	struct world w;
	assert_int_equal(open_world(&w, mode), 0);
	assert_int_equal(w.note.len, 0);
	for (uint32_t i = 0; i < JOBS; i++) {
		const struct known_job *job = &w.state.jobs.v[i];
		struct row_job row;
		assert_int_equal(job->run, run);
		assert_int_equal(job->code, run);
		assert_int_equal(job->input_count, count_of_job(i));
		assert_inputs(w.state.inputs.v + job->inputs, i, run);
		if (mode == STATE_RUN) {
			continue; /* it has texts from the database alone */
		}
		assert_int_equal(state_job(&w.state, i, &row), 1);
		assert_int_equal(row_input_count(&row), count_of_job(i));
		void *copy = xmemdup0(row.inputs.p, row.inputs.n);
		assert_inputs(copy, i, run);
		free(copy);
		assert_true(sv_eq_str(row.command, "cat"));
	}
	assert_int_equal(close_world(&w), 0);
}

static void remove_file(const char *name)
{
	char path[96];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(unlink(path), 0);
}

/* By snapshot and journal, then by the database alone. */
static void test_again(void **state)
{
	(void)state;
	first_run();
	assert_all(STATE_LOOK, 1);
	next_run(2, false);
	assert_all(STATE_LOOK, 2);
	assert_all(STATE_RUN, 2);
	next_run(3, false);
	remove_file("snapshot");
	remove_file("journal");
	assert_all(STATE_LOOK, 3);
	assert_all(STATE_RUN, 3);
}

/* A run that died: what it wrote is in the journal alone. */
static void test_killed_again(void **state)
{
	(void)state;
	first_run();
	next_run(2, true);
	assert_all(STATE_LOOK, 2);
	assert_all(STATE_RUN, 2);
	next_run(3, true);
	remove_file("snapshot");
	assert_all(STATE_LOOK, 3);
	assert_all(STATE_RUN, 3);
	remove_file("snapshot");
	remove_file("journal");
	assert_all(STATE_LOOK, 3);
}

/* A long list that gets short leaves no pieces behind, and the other way round. */
static void test_long_and_short(void **state)
{
	const uint32_t counts[] = {SHORT, LONG, 641, 640, 0};
	(void)state;
	first_run();
	for (size_t c = 0; c < CW_ARRAY_LEN(counts); c++) {
		struct world w;
		struct row_job row;
		assert_int_equal(open_world(&w, STATE_RUN), 0);
		put_whole(&w, 1, counts[c]);
		assert_int_equal(close_world(&w), 0);
		remove_file("snapshot");
		remove_file("journal");
		assert_int_equal(open_world(&w, STATE_LOOK), 0);
		assert_int_equal(w.state.jobs.v[1].input_count, counts[c]);
		assert_int_equal(state_job(&w.state, 1, &row), 1);
		assert_int_equal(row_input_count(&row), counts[c]);
		assert_int_equal(close_world(&w), 0);
	}
}

/* Without the record that it builds upon, a row tells nothing. */
static void test_nothing_to_build_upon(void **state)
{
	struct world w;
	(void)state;
	assert_int_equal(open_world(&w, STATE_RUN), 0);
	put_patches(&w, 0, 1);
	put_patches(&w, 1000, 1);
	assert_int_equal(w.state.jobs.n, 0);
	assert_int_equal(close_world(&w), 0);
	remove_file("snapshot");
	remove_file("journal");
	assert_int_equal(open_world(&w, STATE_RUN), 0);
	assert_int_equal(w.state.jobs.n, 0);
	assert_int_equal(close_world(&w), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_killed_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_and_short, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_nothing_to_build_upon, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
