#include "sched/job_words.h"

#include <errno.h>

#include "state/redact.h"

/* Appends a word so that a shell reads it as one. */
static void add_word(struct strbuf *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_@%+=:,./-";
	if (*word && word[strspn(word, plain)] == '\0') {
		strbuf_addstr(out, word);
		return;
	}
	strbuf_addch(out, '\'');
	for (; *word; word++) {
		if (*word == '\'') {
			strbuf_addstr(out, "'\\''");
		} else {
			strbuf_addch(out, *word);
		}
	}
	strbuf_addch(out, '\'');
}

static void add_command(struct strbuf *out, const struct job_spec *spec)
{
	if (spec->shown) {
		strbuf_addstr(out, spec->shown);
		return;
	}
	switch (spec->kind) {
	case COMMAND_NONE:
		return;
	case COMMAND_SHELL:
		strbuf_addsv(out, spec->text);
		while (out->len && strchr(" \t\n", out->buf[out->len - 1])) {
			strbuf_setlen(out, out->len - 1);
		}
		return;
	case COMMAND_ARGV:
		break;
	}
	char *const *argv = spec->shown_argv ? spec->shown_argv : spec->argv;
	for (uint32_t i = 0; argv[i]; i++) {
		if (i) {
			strbuf_addch(out, ' ');
		}
		add_word(out, argv[i]);
	}
	const char *const files[] = {
		spec->stdin_path, spec->stdout_path, spec->stderr_path};
	static const char *const signs[] = {" < ", " > ", " 2> "};
	for (size_t i = 0; i < 3; i++) {
		if (files[i]) {
			strbuf_addstr(out, signs[i]);
			add_word(out, files[i]);
		}
	}
}

void job_words_command(struct strbuf *out, const struct job_spec *spec)
{
	add_command(out, spec);
	redact_urls(out);
}

static void add_signal(struct strbuf *out, int signal)
{
	const char *name = sigabbrev_np(signal);
	if (name) {
		strbuf_addf(out, "killed by SIG%s (%s)", name, sigdescr_np(signal));
	} else {
		strbuf_addf(out, "killed by signal %d", signal);
	}
}

static void add_not_started(
	struct strbuf *out, const struct job_spec *spec, const struct job_result *result)
{
	const char *program = spec->kind == COMMAND_SHELL  ? spec->shell
			      : spec->kind == COMMAND_ARGV ? spec->argv[0]
							   : "the job";
	if (result->text) {
		strbuf_addf(out, "%s: %s", program, result->text);
		if (result->code && result->code != E2BIG) {
			strbuf_addf(out, " (%s)", strerror(result->code));
		}
	} else {
		strbuf_addf(out, "cannot start %s: %s", program, strerror(result->code));
	}
}

void job_words_outcome(
	struct strbuf *out, const struct job_spec *spec, const struct job_result *result)
{
	switch (result->outcome) {
	case JOB_OK:
		strbuf_addstr(out, "ended well");
		return;
	case JOB_EXIT:
		strbuf_addf(out, "exit status %d", result->code);
		if (result->code > 128 && result->code <= 128 + 64 &&
			sigabbrev_np(result->code - 128)) {
			/* the shell's way to say so */
			strbuf_addf(out, " (a program in it was killed by SIG%s)",
				sigabbrev_np(result->code - 128));
			if (result->text) {
				strbuf_addf(out, "; %s", result->text);
			}
		} else if (result->text) {
			strbuf_addf(out, " (%s)", result->text);
		}
		return;
	case JOB_SIGNAL:
		add_signal(out, result->code);
		if (result->text) {
			strbuf_addf(out, ": %s", result->text);
		}
		return;
	case JOB_TIMEOUT:
		if (result->text) {
			strbuf_addf(out, "out of time: %s and was stopped", result->text);
			return;
		}
		strbuf_addf(out,
			"out of time: it ran longer than its timeout of %lld s and "
			"was stopped",
			(long long)spec->timeout_s);
		return;
	case JOB_NOT_STARTED:
		add_not_started(out, spec, result);
		return;
	case JOB_BAD_OUTPUT:
		strbuf_addstr(out, result->text ? result->text : "its outputs are wrong");
		return;
	case JOB_CANCELLED:
		strbuf_addstr(out, "stopped with the run");
		return;
	case JOB_LOST:
		strbuf_addf(out, "lost: %s",
			result->text ? result->text : "nobody knows how it ended");
		return;
	case JOB_KILLED:
		strbuf_addf(out, "ended by its scheduler: %s",
			result->text ? result->text : "it does not say why");
		return;
	case JOB_REFUSED:
		strbuf_addf(out, "not submitted: %s", result->text ? result->text : "?");
		return;
	case JOB_UNBEGUN:
		strbuf_addstr(out, "not begun: what it needs did not end well");
		return;
	}
}
