#include "abc/collector.h"

#include "abc_kit.h"

struct world {
	struct kit kit;
	struct gen_input in;
	struct collector c;
	struct strbuf err;
};

static int setup(void **state)
{
	static struct world w;

	memset(&w, 0, sizeof(w));
	strbuf_init(&w.err);
	assert_int_equal(kit_load(&w.kit, kit_normal), 0);
	w.in = (struct gen_input){.want = 3, .limit = UINT64_MAX, .epsilon = 1};
	*state = &w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	collector_release(&w->c);
	kit_release(&w->kit);
	strbuf_release(&w->err);
	return 0;
}

static void begin(struct world *w)
{
	collector_init(&w->c, &w->kit.problem, &w->in, false);
}

/* Ids that are multiples of `step` are accepted; 10 k + 9 fail. */
static int add(struct world *w, uint64_t first, uint64_t count, uint64_t step)
{
	struct block b;
	int status;

	block_init(&b, first, count, 2);
	b.n_eval = count;
	for (uint64_t id = first; id < first + count; id++) {
		struct record r = {.id = id, .status = RECORD_ACCEPTED, .distance = 0.5};
		if (id % 10 == 9) {
			r.status = RECORD_FAILED;
			block_note(&b, id, "nine");
		} else if (id % step) {
			continue;
		}
		block_add(&b, r)[0] = (double)id;
	}
	status = collector_add(&w->c, &b, &w->err);
	block_release(&b);
	return status;
}

/* A later acceptance that is known first does not count before the earlier ids are. */
static void test_order_does_not_matter(void **state)
{
	struct world *w = *state;
	struct population p;
	struct range r;

	begin(w);
	for (int i = 0; i < 4; i++) {
		assert_true(collector_lease(&w->c, 5, &r));
		assert_int_equal(r.first, 5 * i);
		assert_int_equal(r.end, 5 * i + 5);
	}
	assert_int_equal(add(w, 15, 5, 4), 0); /* 16 */
	assert_int_equal(add(w, 10, 5, 4), 0); /* 12 */
	assert_int_equal(add(w, 5, 5, 4), 0);  /* 8 */
	assert_int_equal(collector_state(&w->c), COLLECT_MORE);
	assert_false(collector_lease(&w->c, 5, &r));
	assert_false(collector_wants(&w->c, 17));
	assert_int_equal(add(w, 0, 5, 4), 0); /* 0, 4: the cut falls to 8 */
	assert_int_equal(collector_state(&w->c), COLLECT_DONE);
	assert_int_equal(collector_finish(&w->c, &w->in, &p, &w->err), 0);
	assert_int_equal(p.n, 3);
	assert_int_equal(p.id[0], 0);
	assert_int_equal(p.id[1], 4);
	assert_int_equal(p.id[2], 8);
	assert_int_equal(p.n_sim, 9);
	assert_int_equal(p.n_failed, 0); /* 9 lies behind the cut */
	assert_int_equal(p.n_started, 20);
	assert_close(p.w[1], 1.0 / 3, 1e-15);
	population_release(&p);
}

static void test_lost_ranges_come_again(void **state)
{
	struct world *w = *state;
	struct range a, b;

	begin(w);
	collector_lease(&w->c, 10, &a);
	collector_lease(&w->c, 10, &b);
	collector_return(&w->c, a);
	assert_true(collector_lease(&w->c, 4, &b));
	assert_int_equal(b.first, 0);
	assert_int_equal(b.end, 4);
	assert_true(collector_lease(&w->c, 100, &b));
	assert_int_equal(b.first, 4);
	assert_int_equal(b.end, 10);
	assert_true(collector_lease(&w->c, 100, &b));
	assert_int_equal(b.first, 20);
}

static void test_gaps_after_a_log(void **state)
{
	struct world *w = *state;
	struct range r;

	begin(w);
	add(w, 20, 5, 100);
	add(w, 3, 4, 100);
	collector_plan_gaps(&w->c);
	assert_true(collector_lease(&w->c, 100, &r));
	assert_int_equal(r.first, 0);
	assert_int_equal(r.end, 3);
	assert_true(collector_lease(&w->c, 100, &r));
	assert_int_equal(r.first, 7);
	assert_int_equal(r.end, 20);
	assert_true(collector_lease(&w->c, 5, &r));
	assert_int_equal(r.first, 25);
}

static void test_limit(void **state)
{
	struct world *w = *state;
	struct range r;

	w->in.limit = 8;
	begin(w);
	assert_true(collector_lease(&w->c, 100, &r));
	assert_int_equal(r.end, 8);
	assert_false(collector_lease(&w->c, 100, &r));
	add(w, 0, 8, 4);
	assert_int_equal(collector_state(&w->c), COLLECT_SHORT);
}

/* The bound is judged in id order, whatever came first. */
static void test_failures_in_order(void **state)
{
	struct world *w = *state;

	w->kit.problem.max_failed = 1;
	w->kit.problem.max_failed_share = 1;
	begin(w);
	add(w, 10, 30, 1000); /* fails at 19, 29, 39; nothing accepted but 0 */
	assert_int_equal(collector_state(&w->c), COLLECT_MORE);
	add(w, 0, 10, 1000);
	assert_int_equal(collector_state(&w->c), COLLECT_FAILED);
	assert_int_equal(w->c.too_many_at, 19);
	assert_string_equal(w->c.all_records.message, "nine");
	assert_int_equal(w->c.all_records.message_id, 9);
}

static void test_failures_behind_the_cut_do_not_count(void **state)
{
	struct world *w = *state;

	w->kit.problem.max_failed = 0;
	begin(w);
	add(w, 5, 30, 2);
	add(w, 0, 5, 2); /* 0, 2, 4 */
	assert_int_equal(collector_state(&w->c), COLLECT_DONE);
}

static void test_doubled_results(void **state)
{
	struct world *w = *state;

	begin(w);
	assert_int_equal(add(w, 0, 10, 5), 0);
	assert_int_equal(add(w, 4, 10, 5), 0);
	assert_int_equal(w->c.accepted, 3);
	assert_int_equal(w->c.failed.n, 1);
	assert_int_equal(add(w, 0, 5, 1), -1);
	assert_non_null(strstr(w->err.buf, "two results for evaluation 1 differ"));
	assert_int_equal(add(w, 5, 1, 2), -1);
	assert_non_null(strstr(w->err.buf, "two results for evaluation 5 differ"));
}

static void test_tickets(void **state)
{
	struct world *w = *state;
	struct population p;
	struct block b;

	w->in.tickets = true;
	w->in.limit = 1000;
	begin(w);
	for (uint64_t k = 3; k-- > 0;) {
		block_init(&b, k, 1, 2);
		b.n_eval = 10;
		block_add(&b, (struct record){.id = (k << TICKET_SHIFT) + 9});
		assert_int_equal(collector_state(&w->c), COLLECT_MORE);
		collector_add(&w->c, &b, &w->err);
		block_release(&b);
	}
	assert_int_equal(collector_state(&w->c), COLLECT_DONE);
	assert_int_equal(collector_finish(&w->c, &w->in, &p, &w->err), 0);
	assert_int_equal(p.n_sim, 30);
	assert_true(p.id[2] == (2ULL << TICKET_SHIFT) + 9);
	population_release(&p);
}

/* Blocks as bytes, whole and torn. */
static void test_block_bytes(void **state)
{
	struct strbuf bytes = STRBUF_INIT;
	struct block b, back;
	struct wire_reader r;
	(void)state;

	block_init(&b, 7, 3, 2);
	block_add(&b, (struct record){.id = 8, .distance = 0.25})[1] = 4;
	block_note(&b, 9, "why");
	block_note(&b, 8, "earlier");
	block_write(&b, &bytes);
	for (size_t n = 0; n < bytes.len; n++) {
		r = (struct wire_reader){.p = bytes.buf, .n = n};
		assert_int_equal(block_read(&back, &r, 2), -1);
	}
	r = (struct wire_reader){.p = bytes.buf, .n = bytes.len};
	assert_int_equal(block_read(&back, &r, 2), 0);
	assert_int_equal(back.rec.v[0].id, 8);
	assert_true(block_num(&back, 0)[1] == 4);
	assert_string_equal(back.message, "earlier");
	block_release(&back);
	block_release(&b);
	strbuf_release(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_order_does_not_matter, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_lost_ranges_come_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_gaps_after_a_log, setup, teardown),
		cmocka_unit_test_setup_teardown(test_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_failures_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_failures_behind_the_cut_do_not_count, setup, teardown),
		cmocka_unit_test_setup_teardown(test_doubled_results, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tickets, setup, teardown),
		cmocka_unit_test(test_block_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
