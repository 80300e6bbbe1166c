/* What is kept of failures. */
#include "state/failures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#include "sys/fs.h"

#define FILE_NAME "failures.test"

static void put(struct failure_log *log, uint32_t run, const char *rule, bool again)
{
	struct failure f = {.run = run,
		.attempt = 2,
		.threads = 3,
		.again = again,
		.end_ns = 1700000000123456789,
		.seconds = 1.5,
		.rule = sv_from(rule),
		.wildcards = SV("x=\xff\n\"<b>"),
		.reason = SV("exit status 3"),
		.command = SV("false"),
		.log = SV(""),
		.tail = SV("no such thing")};
	failure_log_put(log, &f);
}

static void write_two(void)
{
	struct failure_log log;
	failure_log_init(&log, FILE_NAME, true);
	put(&log, 7, "first", true);
	put(&log, 7, "second", false);
	failure_log_release(&log);
}

static void test_round_trip(void **state)
{
	struct failures f;
	(void)state;
	write_two();
	failures_read(&f, FILE_NAME);
	assert_int_equal(f.list.n, 2);
	const struct failure *one = &f.list.v[0];
	assert_int_equal(one->run, 7);
	assert_int_equal(one->attempt, 2);
	assert_int_equal(one->threads, 3);
	assert_true(one->again);
	assert_true(one->end_ns == 1700000000123456789);
	assert_true(one->seconds > 1.49 && one->seconds < 1.51);
	assert_true(sv_eq_str(one->rule, "first"));
	assert_true(sv_eq_str(one->wildcards, "x=\xff\n\"<b>"));
	assert_true(sv_eq_str(one->reason, "exit status 3"));
	assert_true(sv_eq_str(one->command, "false"));
	assert_int_equal(one->log.n, 0);
	assert_true(sv_eq_str(one->tail, "no such thing"));
	assert_true(sv_eq_str(f.list.v[1].rule, "second"));
	assert_false(f.list.v[1].again);
	failures_release(&f);
}

/* Cut off or damaged anywhere: what was whole before it counts, nothing else. */
static void test_torn(void **state)
{
	struct strbuf bytes = STRBUF_INIT;
	struct failures f;
	(void)state;
	write_two();
	assert_int_equal(fs_read_file(FILE_NAME, 1 << 20, &bytes), 0);
	for (size_t n = 0; n < bytes.len; n++) {
		assert_int_equal(fs_write_atomic(FILE_NAME, bytes.buf, n, 0600), 0);
		failures_read(&f, FILE_NAME);
		/* the first entry is a byte shorter */
		assert_int_equal(f.list.n, n >= (bytes.len - 1) / 2 ? 1 : 0);
		failures_release(&f);
		char was = bytes.buf[n];
		bytes.buf[n] ^= 0x55;
		assert_int_equal(
			fs_write_atomic(FILE_NAME, bytes.buf, bytes.len, 0600), 0);
		failures_read(&f, FILE_NAME);
		assert_true(f.list.n < 2);
		failures_release(&f);
		bytes.buf[n] = was;
	}
	strbuf_release(&bytes);
}

static void test_begin(void **state)
{
	struct failure_log log;
	struct failures f;
	(void)state;
	write_two();
	failure_log_init(&log, FILE_NAME, false); /* a later round adds */
	put(&log, 8, "third", false);
	failure_log_release(&log);
	failures_read(&f, FILE_NAME);
	assert_int_equal(f.list.n, 3);
	failures_release(&f);
	failure_log_init(&log, FILE_NAME, true);
	failure_log_release(&log);
	assert_false(fs_exists(FILE_NAME)); /* nothing went wrong: no file */
	failures_read(&f, FILE_NAME);
	assert_int_equal(f.list.n, 0);
	failures_release(&f);
}

static void test_many(void **state)
{
	struct failure_log log;
	struct failures f;
	(void)state;
	failure_log_init(&log, FILE_NAME, true);
	for (uint32_t i = 0; i < FAILURES_MOST + 10; i++) {
		put(&log, 1, "r", false);
	}
	failure_log_release(&log);
	failures_read(&f, FILE_NAME);
	assert_int_equal(f.list.n, FAILURES_MOST);
	assert_true(f.list.v[FAILURES_WHOLE - 1].tail.n > 0);
	assert_int_equal(f.list.v[FAILURES_WHOLE].tail.n, 0);
	assert_int_equal(f.list.v[FAILURES_WHOLE].rule.n, 1);
	failures_release(&f);
	unlink(FILE_NAME);
}

static void test_tail(void **state)
{
	(void)state;
	assert_true(sv_eq_str(failure_tail(SV(""), 2, 99), ""));
	assert_true(sv_eq_str(failure_tail(SV("a\nb\nc\n"), 2, 99), "b\nc\n"));
	assert_true(sv_eq_str(failure_tail(SV("a\nb\nc"), 1, 99), "c"));
	assert_true(sv_eq_str(failure_tail(SV("a\nb\nc"), 9, 99), "a\nb\nc"));
	assert_true(sv_eq_str(failure_tail(SV("abcdef"), 9, 3), "def"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_torn), cmocka_unit_test(test_begin),
		cmocka_unit_test(test_many), cmocka_unit_test(test_tail)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
