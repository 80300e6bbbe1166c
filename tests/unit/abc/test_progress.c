#include "abc/progress.h"

#include <unistd.h>

#include "abc_kit.h"
#include "base/xalloc.h"

struct world {
	struct kit kit;
	struct gen_input in;
	struct collector c;
	struct progress p;
	struct strbuf err;
	char out[64];
};

static int setup(void **state)
{
	static struct world w;

	memset(&w, 0, sizeof(w));
	strbuf_init(&w.err);
	assert_int_equal(kit_load(&w.kit, kit_normal), 0);
	w.in = (struct gen_input){.want = 3, .limit = UINT64_MAX, .epsilon = 1};
	snprintf(w.out, sizeof(w.out), "/tmp/cw-test-progress-%d.db", (int)getpid());
	collector_init(&w.c, &w.kit.problem, &w.in, false);
	assert_int_equal(progress_open(&w.p, w.out, NULL, &w.err), 0);
	w.p.flush_every = 3600;
	*state = &w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	if (w->p.dir) {
		progress_remove(&w->p);
	}
	collector_release(&w->c);
	kit_release(&w->kit);
	strbuf_release(&w->err);
	return 0;
}

static bool there(const struct world *w, const char *name)
{
	char *path = xasprintf("%s.part/%s", w->out, name);
	bool found = access(path, F_OK) == 0;

	free(path);
	return found;
}

/* Ids first and first + 1; the second is accepted. */
static void add(struct world *w, uint64_t first)
{
	struct block b;

	block_init(&b, first, 2, 2);
	b.n_eval = 2;
	block_add(&b, (struct record){.id = first + 1, .distance = 0.5});
	assert_int_equal(collector_add(&w->c, &b, &w->err), 0);
	assert_int_equal(progress_log(&w->p, &b, &w->err), 0);
	block_release(&b);
}

/* As after a kill: what is on disk, in a collector of its own. */
static void resume(struct world *w)
{
	progress_close_child(&w->p);
	collector_release(&w->c);
	collector_init(&w->c, &w->kit.problem, &w->in, false);
	/* What was pending is lost with the process. */
	strbuf_reset(&w->p.pending);
	assert_int_equal(progress_begin(&w->p, 0, "digest", &w->c, &w->err), 0);
}

static void test_files_only_when_due(void **state)
{
	struct world *w = *state;

	assert_int_equal(progress_begin(&w->p, 0, "digest", &w->c, &w->err), 0);
	add(w, 0);
	assert_false(there(w, "t0000.log"));
	w->p.flush_every = 0;
	assert_int_equal(progress_flush_due(&w->p, &w->err), 0);
	assert_true(there(w, "t0000.log"));
	w->p.flush_every = 3600;
	add(w, 2);
	resume(w);
	assert_int_equal(collector_frontier(&w->c), 2);
	add(w, 2);
	assert_int_equal(progress_flush(&w->p, &w->err), 0);
	resume(w);
	assert_int_equal(collector_frontier(&w->c), 4);
	assert_int_equal(w->c.accepted, 2);
}

static void test_another_run_is_refused(void **state)
{
	struct world *w = *state;

	/* Where nothing was done yet, another problem may begin: a command mended, say. */
	assert_int_equal(progress_begin(&w->p, 0, "mistaken", &w->c, &w->err), 0);
	assert_int_equal(progress_flush(&w->p, &w->err), 0);
	assert_false(there(w, "t0000.log"));
	assert_int_equal(progress_begin(&w->p, 0, "digest", &w->c, &w->err), 0);
	add(w, 0);
	assert_int_equal(progress_flush(&w->p, &w->err), 0);
	resume(w);
	assert_int_equal(progress_begin(&w->p, 0, "other", &w->c, &w->err), -1);
	assert_non_null(strstr(w->err.buf, "log is that of another run"));
}

/* A finished generation waits too, then takes the place of its log. */
static void test_generation_takes_the_place_of_its_log(void **state)
{
	struct world *w = *state;
	struct archive a;
	struct generation *g;

	archive_init(&a, &w->kit.problem);
	g = archive_add(&a);
	population_init(&g->pop, &w->kit.problem, 0, 2);
	assert_int_equal(progress_begin(&w->p, 0, "digest", &w->c, &w->err), 0);
	add(w, 0);
	assert_int_equal(progress_flush(&w->p, &w->err), 0);
	assert_true(there(w, "t0000.log"));
	add(w, 2);
	assert_int_equal(progress_keep(&w->p, g, &w->kit.problem, &w->err), 0);
	assert_false(there(w, "t0000.pop"));
	assert_true(there(w, "t0000.log"));
	assert_int_equal(progress_begin(&w->p, 1, "digest", &w->c, &w->err), 0);
	add(w, 4);
	assert_int_equal(progress_flush(&w->p, &w->err), 0);
	assert_true(there(w, "t0000.pop"));
	assert_false(there(w, "t0000.log"));
	assert_true(there(w, "t0001.log"));
	archive_release(&a);
}

static void test_close_writes_what_is_pending(void **state)
{
	struct world *w = *state;

	assert_int_equal(progress_begin(&w->p, 0, "digest", &w->c, &w->err), 0);
	add(w, 0);
	progress_close(&w->p);
	assert_true(there(w, "t0000.log"));
	assert_int_equal(progress_open(&w->p, w->out, NULL, &w->err), 0);
	resume(w);
	assert_int_equal(collector_frontier(&w->c), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_files_only_when_due, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_another_run_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_generation_takes_the_place_of_its_log, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_close_writes_what_is_pending, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
