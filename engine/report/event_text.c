#include "report/event_text.h"

#include "base/diag.h"

enum { TAIL_LINES = 20, TERMINAL_HEAD = 16 * 1024, TERMINAL_TAIL = 48 * 1024 };
enum { COMMAND_HEAD = 3 * 1024, COMMAND_TAIL = 1024 };

#define RED "\x1b[1;31m"
#define GREEN "\x1b[32m"
#define YELLOW "\x1b[33m"
#define DIM "\x1b[2m"
#define PLAIN "\x1b[0m"

void event_text_init(struct event_text *t, const struct report_options *o)
{
	*t = (struct event_text){
		.color = o->color,
		.quiet = o->quiet,
		.verbose = o->verbose,
		.print_commands = o->print_commands,
	};
}

/* Appends `s` in a colour, where colours are wanted. */
static void paint(
	const struct event_text *t, struct strbuf *out, const char *color, const char *s)
{
	if (t->color) {
		strbuf_addstr(out, color);
	}
	strbuf_addstr(out, s);
	if (t->color) {
		strbuf_addstr(out, PLAIN);
	}
}

void event_text_whole_seconds(struct strbuf *out, double seconds)
{
	long long s = (long long)(seconds + 0.5);
	if (s < 60) {
		strbuf_addf(out, "%llds", s);
	} else if (s < 3600) {
		strbuf_addf(out, "%lldm%02llds", s / 60, s % 60);
	} else if (s < 86400) {
		strbuf_addf(out, "%lldh%02lldm", s / 3600, s / 60 % 60);
	} else {
		strbuf_addf(out, "%lldd%02lldh", s / 86400, s / 3600 % 24);
	}
}

void event_text_seconds(struct strbuf *out, double seconds)
{
	if (seconds < 9.995) {
		unsigned hundredths = seconds > 0 ? (unsigned)(seconds * 100 + 0.5) : 0;
		strbuf_addu64(out, hundredths / 100);
		strbuf_addch(out, '.');
		strbuf_addch(out, (char)('0' + hundredths / 10 % 10));
		strbuf_addch(out, (char)('0' + hundredths % 10));
		strbuf_addch(out, 's');
	} else if (seconds < 59.95) {
		strbuf_addf(out, "%.1fs", seconds);
	} else {
		event_text_whole_seconds(out, seconds);
	}
}

static void add_escaped(struct strbuf *out, const char *s)
{
	escape_for_terminal(out, sv_from(s));
}

/* "count_words file=pg42" */
static void add_name(struct strbuf *out, const struct run_event *e)
{
	add_escaped(out, e->rule ? e->rule : "job");
	if (e->wildcards && *e->wildcards) {
		strbuf_addch(out, ' ');
		add_escaped(out, e->wildcards);
	}
}

/* Text of several lines, each escaped and behind `indent`. */
static void add_lines(struct strbuf *out, struct strview text, const char *indent)
{
	while (text.n) {
		const char *end = memchr(text.p, '\n', text.n);
		size_t n = end ? (size_t)(end - text.p) : text.n;
		size_t line = n;
		if (line && text.p[line - 1] == '\r') {
			line--;
		}
		strbuf_addstr(out, indent);
		escape_for_terminal(out, sv_sub(text, 0, line));
		strbuf_addch(out, '\n');
		text = sv_skip(text, end ? n + 1 : n);
	}
}

/* What a job printed, as it came, with a newline at its end; on a terminal not more than
 * somebody may want to scroll through. */
static void add_output(
	const struct event_text *t, struct strbuf *out, struct strview output)
{
	if (t->terse && output.n > TERMINAL_HEAD + TERMINAL_TAIL) {
		size_t left_out = output.n - TERMINAL_HEAD - TERMINAL_TAIL;
		strbuf_add(out, output.p, TERMINAL_HEAD);
		strbuf_addf(out, "\n[... %zu bytes left out ...]\n", left_out);
		output = sv_skip(output, TERMINAL_HEAD + left_out);
	}
	strbuf_addsv(out, output);
	if (output.n && output.p[output.n - 1] != '\n') {
		strbuf_addch(out, '\n');
	}
}

/* The last lines of `text`. */
static struct strview last_lines(struct strview text, unsigned lines)
{
	size_t at = text.n;
	if (at && text.p[at - 1] == '\n') {
		at--;
	}
	while (at > 0) {
		if (text.p[at - 1] == '\n' && --lines == 0) {
			break;
		}
		at--;
	}
	return sv_skip(text, at);
}

/* On a terminal the middle of a command with thousands of files is left out; the run's log
 * has it. */
static void add_command(
	const struct event_text *t, struct strbuf *out, const struct run_event *e)
{
	if (e->command) {
		struct strview text = sv_from(e->command);
		if (t->color) {
			strbuf_addstr(out, DIM);
		}
		if (t->terse && text.n > COMMAND_HEAD + COMMAND_TAIL) {
			size_t left_out = text.n - COMMAND_HEAD - COMMAND_TAIL;
			add_lines(out, sv_sub(text, 0, COMMAND_HEAD), "    ");
			strbuf_addf(out, "    [... %zu bytes left out ...]\n", left_out);
			text = sv_skip(text, COMMAND_HEAD + left_out);
		}
		add_lines(out, text, "    ");
		if (t->color) {
			strbuf_addstr(out, PLAIN);
		}
	}
}

static void add_started(
	const struct event_text *t, struct strbuf *out, const struct run_event *e)
{
	if (!t->verbose && !t->print_commands) {
		return;
	}
	strbuf_addstr(out, "start ");
	add_name(out, e);
	if (e->attempt > 1) {
		strbuf_addf(out, " (attempt %u)", e->attempt);
	}
	if (t->verbose && e->reason) {
		strbuf_addstr(out, ": ");
		add_escaped(out, e->reason);
	}
	strbuf_addch(out, '\n');
	add_command(t, out, e);
}

static void add_finished(
	const struct event_text *t, struct strbuf *out, const struct run_event *e)
{
	if (t->quiet) {
		return;
	}
	bool skipped = e->kind == EVENT_JOB_SKIPPED;
	bool has_more = e->output.n || e->message || t->verbose || t->print_commands;
	if (!t->terse || (has_more && !skipped)) {
		strbuf_addch(out, '[');
		strbuf_addu64(out, e->done);
		strbuf_addch(out, '/');
		strbuf_addu64(out, e->total);
		strbuf_addstr(out, "] ");
		if (e->message) {
			add_escaped(out, e->message);
		} else {
			add_name(out, e);
		}
		if (skipped) {
			strbuf_addstr(out, " not needed: its inputs came out unchanged");
		} else {
			strbuf_addch(out, ' ');
			event_text_seconds(out, e->seconds);
		}
		strbuf_addch(out, '\n');
	}
	add_output(t, out, e->output);
}

/* Names behind a heading, one line; many are cut. */
static void add_list(
	struct strbuf *out, const char *heading, const char *const *names, uint32_t n)
{
	if (n == 0) {
		return;
	}
	strbuf_addf(out, "  %s: ", heading);
	for (uint32_t i = 0; i < n && i < 5; i++) {
		strbuf_addstr(out, i ? ", " : "");
		add_escaped(out, names[i]);
	}
	if (n > 5) {
		strbuf_addf(out, " and %u more", n - 5);
	}
	strbuf_addch(out, '\n');
}

static void add_failed(
	const struct event_text *t, struct strbuf *out, const struct run_event *e)
{
	bool again = e->kind == EVENT_JOB_RETRIED;
	paint(t, out, again ? YELLOW : RED,
		again ? "failed, trying again: " : "failed: ");
	add_name(out, e);
	if (e->attempt > 1 || again) {
		strbuf_addf(out, " (attempt %u)", e->attempt);
	}
	if (e->seconds > 0) {
		strbuf_addstr(out, " after ");
		event_text_seconds(out, e->seconds);
	}
	strbuf_addstr(out, "\n  ");
	add_escaped(out, e->reason ? e->reason : "");
	strbuf_addch(out, '\n');
	if (e->command) {
		strbuf_addstr(out, "  command:\n");
		add_command(t, out, e);
	}
	add_list(out, "output", e->outputs, e->output_count);
	add_list(out, "log", e->logs, e->log_count);
	if (e->log_tail.n) {
		strbuf_addstr(out, "  end of the log:\n");
		add_lines(out, last_lines(e->log_tail, TAIL_LINES), "    ");
	}
	if (e->output.n) {
		strbuf_addstr(out, "  it printed:\n");
		add_output(t, out, e->output);
	}
}

static void add_summary(
	const struct event_text *t, struct strbuf *out, const struct run_event *e)
{
	/* clocks may be set while a run goes on */
	double seconds =
		e->seconds > 0 ? e->seconds : (double)(e->time_ns - t->started_ns) / 1e9;
	uint32_t undone = e->blocked + e->left;
	strbuf_addf(
		out, "%u of %u job%s done", e->done, e->total, e->total == 1 ? "" : "s");
	if (e->failed) {
		strbuf_addstr(out, ", ");
		char text[32];
		snprintf(text, sizeof(text), "%u failed", e->failed);
		paint(t, out, RED, text);
	}
	if (undone) {
		strbuf_addf(out, ", %u not run", undone);
	}
	strbuf_addstr(out, " in ");
	event_text_seconds(out, seconds > 0 ? seconds : 0);
	strbuf_addch(out, '\n');
}

void event_text_add(struct event_text *t, struct strbuf *out, const struct run_event *e)
{
	switch (e->kind) {
	case EVENT_RUN_STARTED:
		t->started_ns = e->time_ns;
		break;
	case EVENT_JOB_READY:
		break;
	case EVENT_JOB_STARTED:
		add_started(t, out, e);
		break;
	case EVENT_JOB_FINISHED:
	case EVENT_JOB_SKIPPED:
		add_finished(t, out, e);
		break;
	case EVENT_JOB_FAILED:
	case EVENT_JOB_RETRIED:
		add_failed(t, out, e);
		break;
	case EVENT_MESSAGE:
		if (e->text) {
			add_escaped(out, e->text);
			strbuf_addch(out, '\n');
		}
		break;
	case EVENT_INTERRUPTED:
		strbuf_addf(out, "%s: %s\n", e->text ? e->text : "interrupted",
			e->attempt > 1
				? "killing the running jobs"
				: "stopping the running jobs; once more to kill them");
		break;
	case EVENT_RUN_FINISHED:
		add_summary(t, out, e);
		break;
	}
}
