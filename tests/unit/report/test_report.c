#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "fakes/sandbox.h"
#include "report/event_text.h"
#include "report/line_printer.h"
#include "report/reporter.h"
#include "sys/tempfile.h"

#define S INT64_C(1000000000)
#define FIRST (INT64_C(1700000000) * S)

static struct run_event job(enum run_event_kind kind, uint32_t done)
{
	return (struct run_event){
		.kind = kind,
		.time_ns = FIRST + S,
		.job = 7,
		.attempt = 1,
		.rule = "count_words",
		.wildcards = "file=pg42",
		.command = "wordcount 'a b'\n  > out",
		.seconds = 0.034,
		.done = done,
		.total = 63,
	};
}

/* What an event looks like. */
static void check(struct report_options o, struct run_event e, const char *expected)
{
	struct strbuf out = STRBUF_INIT;
	struct event_text t;
	event_text_init(&t, &o);
	t.started_ns = FIRST;
	event_text_add(&t, &out, &e);
	assert_string_equal(out.buf, expected);
	strbuf_release(&out);
}

static void lines_of_events(void **state)
{
	(void)state;
	struct report_options usual = {0}, quiet = {.quiet = true};
	struct report_options commands = {.print_commands = true},
			      color = {.color = true};
	struct run_event e = job(EVENT_JOB_FINISHED, 12);
	check(usual, e, "[12/63] count_words file=pg42 0.03s\n");
	check(quiet, e, "");
	check(usual, job(EVENT_JOB_STARTED, 12), "");
	check(commands, job(EVENT_JOB_STARTED, 12),
		"start count_words file=pg42\n    wordcount 'a b'\n      > out\n");
	e.message = "counting\x1b[31m";
	e.output = SV("said\nsomething");
	check(usual, e, "[12/63] counting\\x1b[31m 0.03s\nsaid\nsomething\n");
	check(usual, job(EVENT_JOB_SKIPPED, 13),
		"[13/63] count_words file=pg42 not needed: its inputs came out unchanged\n");
	e = (struct run_event){.kind = EVENT_RUN_FINISHED,
		.time_ns = FIRST + 75 * S,
		.done = 60,
		.total = 63,
		.failed = 1,
		.blocked = 2};
	check(usual, e, "60 of 63 jobs done, 1 failed, 2 not run in 1m15s\n");
	check(quiet, e, "60 of 63 jobs done, 1 failed, 2 not run in 1m15s\n");
	check(color, e,
		"60 of 63 jobs done, \x1b[1;31m1 failed\x1b[0m, 2 not run in 1m15s\n");
	e = (struct run_event){
		.kind = EVENT_RUN_FINISHED, .time_ns = FIRST, .done = 1, .total = 1};
	check(usual, e, "1 of 1 job done in 0.00s\n");
	e.seconds = 5; /* whatever the clock was set to meanwhile */
	check(usual, e, "1 of 1 job done in 5.00s\n");
}

static void block_of_a_failure(void **state)
{
	(void)state;
	const char *outputs[] = {"a", "b\nc", "d", "e", "f", "g"},
		   *logs[] = {"logs/x.log"};
	struct strbuf log = STRBUF_INIT, expected = STRBUF_INIT;
	for (int i = 1; i <= 50; i++) {
		strbuf_addf(&log, "line %d\r\n", i);
	}
	struct run_event e = job(EVENT_JOB_FAILED, 3);
	e.seconds = 83;
	e.reason = "exit status 1";
	e.outputs = outputs;
	e.output_count = 6;
	e.logs = logs;
	e.log_count = 1;
	e.log_tail = strbuf_sv(&log);
	e.output = SV("printed\n");
	strbuf_addstr(&expected, "failed: count_words file=pg42 after 1m23s\n"
				 "  exit status 1\n"
				 "  command:\n    wordcount 'a b'\n      > out\n"
				 "  output: a, b\\nc, d, e, f and 1 more\n"
				 "  log: logs/x.log\n"
				 "  end of the log:\n");
	for (int i = 31; i <= 50; i++) {
		strbuf_addf(&expected, "    line %d\n", i);
	}
	strbuf_addstr(&expected, "  it printed:\nprinted\n");
	check((struct report_options){.quiet = true}, e, expected.buf);
	strbuf_release(&log);
	strbuf_release(&expected);
}

/* On a terminal nobody reads a command of thousands of files. */
static void long_commands_are_cut(void **state)
{
	(void)state;
	struct strbuf command = STRBUF_INIT, out = STRBUF_INIT;
	while (command.len < 100000) {
		strbuf_addstr(&command, " file");
	}
	strbuf_addstr(&command, " last");
	struct run_event e = job(EVENT_JOB_FAILED, 1);
	e.reason = "exit status 1";
	e.command = command.buf;
	struct event_text t = {.terse = true};
	event_text_add(&t, &out, &e);
	assert_true(out.len < 5000);
	assert_non_null(strstr(out.buf, "\n    [... 95909 bytes left out ...]\n"));
	assert_non_null(strstr(out.buf, " file last\n"));
	strbuf_reset(&out);
	t.terse = false;
	event_text_add(&t, &out, &e);
	assert_true(out.len > 100000);
	strbuf_release(&command);
	strbuf_release(&out);
}

static void check_elided(const char *text, unsigned width, const char *expected)
{
	struct strbuf out = STRBUF_INIT;
	line_printer_elide(&out, sv_from(text), width);
	assert_string_equal(out.buf, expected);
	strbuf_release(&out);
}

static void long_lines_are_elided(void **state)
{
	(void)state;
	check_elided("0123456789", 10, "0123456789");
	check_elided("0123456789", 9, "012...789");
	check_elided("0123456789", 8, "01...789");
	check_elided("0123456789", 4, "0123");
	check_elided("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 4,
		"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9");
	/* wide characters are two columns, and are not cut in half */
	check_elided("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac", 7,
		"\xe6\x97\xa5...\xe6\x9c\xac");
	check_elided("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac", 8,
		"\xe6\x97\xa5...\xe6\x9c\xac");
}

static void times(void **state)
{
	(void)state;
	static const struct {
		double seconds;
		const char *text;
	} cases[] = {{0, "0.00s"}, {9.994, "9.99s"}, {9.996, "10.0s"}, {59.94, "59.9s"},
		{59.96, "1m00s"}, {3599.4, "59m59s"}, {3599.6, "1h00m"},
		{86400, "1d00h"}};
	for (size_t i = 0; i < CW_ARRAY_LEN(cases); i++) {
		struct strbuf out = STRBUF_INIT;
		event_text_seconds(&out, cases[i].seconds);
		assert_string_equal(out.buf, cases[i].text);
		strbuf_release(&out);
	}
}

static void json_lines(void **state)
{
	(void)state;
	int fault = 0;
	struct reporter *sinks[] = {report_json_new("a.jsonl", false, &fault),
		report_json_new("b.jsonl", false, &fault)};
	assert_null(report_json_new("none/x.jsonl", false, &fault));
	struct reporter *r = report_mux_new(sinks, 2);
	const char *outputs[] = {"\xff\"\n"};
	struct run_event e = {
		.kind = EVENT_RUN_STARTED, .time_ns = FIRST, .threads = 4, .total = 63};
	r->event(r, &e);
	e = job(EVENT_JOB_FAILED, 1);
	e.reason = "exit status 1";
	e.outputs = outputs;
	e.output_count = 1;
	r->event(r, &e);
	r->tick(r, 5);
	r->free(r);
	char *a = sandbox_read("a.jsonl"), *b = sandbox_read("b.jsonl");
	assert_string_equal(a,
		"{\"event\":\"run_started\",\"time\":\"2023-11-14T22:13:20.000Z\",\"cores\":4,"
		"\"total\":63,\"done\":0,\"failed\":0,\"running\":0}\n"
		"{\"event\":\"job_failed\",\"time\":\"2023-11-14T22:13:21.000Z\",\"job\":7,"
		"\"attempt\":1,\"rule\":\"count_words\",\"wildcards\":\"file=pg42\","
		"\"reason\":\"exit status 1\",\"command\":\"wordcount 'a b'\\n  > out\","
		"\"seconds\":0.034,\"printed\":0,\"output\":[\"\xef\xbf\xbd\\\"\\n\"],"
		"\"total\":63,\"done\":1,\"failed\":0,\"running\":0}\n");
	assert_string_equal(a, b);
	assert_int_equal(fault, 0);
	free(a);
	free(b);
	/* a run that goes on adds to what is there */
	r = report_json_new("a.jsonl", true, &fault);
	r->event(r, &e);
	r->free(r);
	a = sandbox_read("a.jsonl");
	assert_memory_equal(a, "{\"event\":\"run_started\"", 22);
	free(a);
	r = report_json_new("/dev/full", false, &fault);
	r->event(r, &e);
	r->free(r);
	assert_int_equal(fault, ENOSPC);
}

/*
 * What the terminal gets, read from the other end of a pseudo terminal. The kernel hands
 * written bytes over in its own time and in pieces, so reads go on until as many came as are
 * expected; what is there too much is seen by this check or by the next one.
 */
static void check_terminal(int master, const char *expected)
{
	char buf[4096];
	size_t have = 0, want = strlen(expected);
	struct pollfd p = {master, POLLIN, 0};
	do {
		ssize_t n = read(master, buf + have, sizeof(buf) - 1 - have);
		have += n > 0 ? (size_t)n : 0;
	} while (have < want && poll(&p, 1, 10000) > 0);
	buf[have] = '\0';
	assert_string_equal(buf, expected);
}

static void live_line(void **state)
{
	(void)state;
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (master < 0) {
		skip(); /* no /dev/pts here */
	}
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	int fd = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(fd >= 0);
	struct winsize size = {.ws_col = 60, .ws_row = 10};
	assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
	struct report_options o = {.fd = fd, .terminal = true};
	struct reporter *r = report_terminal_new(&o);
	struct run_event e = {.kind = EVENT_RUN_STARTED, .time_ns = FIRST, .total = 63};
	r->event(r, &e);
	e = job(EVENT_JOB_STARTED, 0);
	e.running = 1;
	r->event(r, &e);
	r->tick(r, S);
	check_terminal(master, "\r0/63 (0%) | running: 1 count_words\x1b[K");
	r->tick(r, S + S / 100); /* too soon to draw again */
	check_terminal(master, "");
	r->event(r, &e);
	r->tick(r, S + S / 5);
	check_terminal(master, "\r0/63 (0%) | running: 2 count_words\x1b[K");
	e = job(EVENT_JOB_FINISHED, 21);
	e.output = SV("said\n");
	e.running = 1;
	r->event(r, &e);
	check_terminal(master, "\r\x1b[K[21/63] count_words file=pg42 0.03s\r\nsaid\r\n"
			       "0/63 (0%) | running: 2 count_words");
	r->tick(r, 11 * S);
	check_terminal(master,
		"\r21/63 (33%) | running: 1 count_words | 2.1/s | 20s left\x1b[K");
	size.ws_col = 45;
	assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
	r->tick(r, 11 * S + S / 5);
	check_terminal(master, "\r21/63 (33%) | 1 running | 2.1/s | 20s left\x1b[K");
	size.ws_col = 20;
	assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
	r->tick(r, 11 * S + S * 2 / 5);
	check_terminal(master, "\r21/63 (3...21s left\x1b[K");
	e = (struct run_event){.kind = EVENT_RUN_FINISHED,
		.time_ns = FIRST + 30 * S,
		.done = 63,
		.total = 63};
	r->event(r, &e);
	check_terminal(master, "\r\x1b[K63 of 63 jobs done in 30.0s\r\n");
	r->free(r);
	close(fd);
	close(master);
}

#define IN_SANDBOX(f) cmocka_unit_test_setup_teardown(f, sandbox_enter, sandbox_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_events),
		cmocka_unit_test(block_of_a_failure),
		cmocka_unit_test(long_commands_are_cut),
		cmocka_unit_test(long_lines_are_elided),
		cmocka_unit_test(times),
		IN_SANDBOX(json_lines),
		cmocka_unit_test(live_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
