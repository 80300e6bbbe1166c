#include "text/tool.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>

#include "base/strbuf.h"
#include "base/xalloc.h"

enum { LETTERLESS = 256 }; /* getopt values of options without a letter start here */

/* Prints "name: message" and an optional second line. */
CW_PRINTF(2, 0)
static void print_error(const struct tool *tool, const char *fmt, va_list ap)
{
	if (tool->quiet) {
		return;
	}
	struct strbuf line = STRBUF_INIT;
	strbuf_addf(&line, "%s: ", tool->name);
	strbuf_vaddf(&line, fmt, ap);
	strbuf_addch(&line, '\n');
	fputs(line.buf, stderr);
	strbuf_release(&line);
}

int tool_error(const struct tool *tool, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	print_error(tool, fmt, ap);
	va_end(ap);
	return -1;
}

int tool_usage(const struct tool *tool, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	print_error(tool, fmt, ap);
	va_end(ap);
	if (tool->quiet) {
		return TOOL_USAGE;
	}
	fprintf(stderr, "usage: %s [OPTION]... %s (more by --help)\n", tool->name,
		tool->operands);
	return TOOL_USAGE;
}

int tool_uint(const struct tool *tool, const char *what, const char *text, uint64_t min,
	uint64_t max, uint64_t *ret)
{
	char *end = NULL;
	errno = 0;
	unsigned long long x = strtoull(text, &end, 10);
	bool digits = text[0] >= '0' && text[0] <= '9';
	if (!digits || *end != '\0') {
		return tool_error(
			tool, "%s must be a whole number, not '%s'", what, text);
	}
	if (errno == ERANGE || x < min || x > max) {
		return tool_error(tool, "%s must be from %llu to %llu, not %s", what,
			(unsigned long long)min, (unsigned long long)max, text);
	}
	*ret = x;
	return 0;
}

/* One line of --help. */
static void print_option(char letter, const char *name, const char *arg, const char *help)
{
	struct strbuf left = STRBUF_INIT;
	if (letter) {
		strbuf_addf(&left, "-%c, ", letter);
	} else {
		strbuf_addstr(&left, "    ");
	}
	strbuf_addf(&left, "--%s", name);
	if (arg) {
		strbuf_addf(&left, " %s", arg);
	}
	printf("  %-20s  %s\n", left.buf, help);
	strbuf_release(&left);
}

/* --help on standard output; the exit status. */
static int print_help(const struct tool *tool)
{
	if (tool->quiet) {
		return TOOL_OK;
	}
	printf("usage: %s [OPTION]... %s\n\n%s\n\noptions:\n", tool->name, tool->operands,
		tool->summary);
	for (const struct tool_option *o = tool->options; o->name; o++) {
		print_option(o->letter, o->name, o->arg, o->help);
	}
	print_option(0, "help", NULL, "print this text");
	print_option(0, "version", NULL, "print the version");
	return fflush(stdout) ? TOOL_FAILED : TOOL_OK;
}

/* --version on standard output; the exit status. */
static int print_version(const struct tool *tool)
{
	if (tool->quiet) {
		return TOOL_OK;
	}
	printf("%s (cwflow) %s\n", tool->name, CWFLOW_VERSION);
	return fflush(stdout) ? TOOL_FAILED : TOOL_OK;
}

/* Stores an option's value; 0 or -1. */
static int set_option(
	const struct tool *tool, const struct tool_option *o, const char *value)
{
	switch (o->type) {
	case TOOL_FLAG:
		*(bool *)o->target = true;
		return 0;
	case TOOL_UINT: {
		char *what = xasprintf("--%s", o->name);
		int r = tool_uint(
			tool, what, value, o->min, o->max, (uint64_t *)o->target);
		free(what);
		return r;
	}
	case TOOL_TEXT:
		*(const char **)o->target = value;
		return 0;
	}
	CW_BUG("option type %d", (int)o->type);
}

/* getopt's tables from ours; `letters` gets the short ones. Returns owned, free(). */
static struct option *getopt_table(const struct tool *tool, struct strbuf *letters)
{
	size_t n = 0;
	while (tool->options[n].name) {
		n++;
	}
	struct option *table = xcalloc(n + 3, sizeof(*table));
	strbuf_addch(letters, ':');
	for (size_t i = 0; i < n; i++) {
		const struct tool_option *o = &tool->options[i];
		int has_arg = o->type == TOOL_FLAG ? no_argument : required_argument;
		table[i] =
			(struct option){o->name, has_arg, NULL, LETTERLESS + 2 + (int)i};
		if (o->letter) {
			strbuf_addch(letters, o->letter);
			strbuf_addstr(letters, has_arg == required_argument ? ":" : "");
		}
	}
	table[n] = (struct option){"help", no_argument, NULL, LETTERLESS};
	table[n + 1] = (struct option){"version", no_argument, NULL, LETTERLESS + 1};
	return table;
}

/* The option that getopt's value stands for. */
static const struct tool_option *find_option(const struct tool *tool, int value)
{
	if (value >= LETTERLESS) {
		return &tool->options[value - LETTERLESS - 2];
	}
	const struct tool_option *o = tool->options;
	while (o->letter != value) {
		o++;
	}
	return o;
}

/* Options one by one; -1 to go on, or the exit status. */
static int parse_options(const struct tool *tool, int argc, char **argv,
	const char *letters, const struct option *table)
{
	opterr = 0;
	optind = 1;
	for (;;) {
		int at = optind;
		int value = getopt_long(argc, argv, letters, table, NULL);
		if (value == -1) {
			return -1;
		}
		if (value == '?') {
			return optopt && optopt < LETTERLESS
				       ? tool_usage(tool, "unknown option '-%c'", optopt)
				       : tool_usage(
						 tool, "unknown option '%s'", argv[at]);
		}
		if (value == ':') {
			return tool_usage(
				tool, "option '%s' needs a value", argv[optind - 1]);
		}
		if (value == LETTERLESS) {
			return print_help(tool);
		}
		if (value == LETTERLESS + 1) {
			return print_version(tool);
		}
		if (set_option(tool, find_option(tool, value), optarg)) {
			return TOOL_USAGE;
		}
	}
}

int tool_parse(const struct tool *tool, int argc, char **argv, int *ret_first)
{
	struct strbuf letters = STRBUF_INIT;
	struct option *table = getopt_table(tool, &letters);
	int status = parse_options(tool, argc, argv, letters.buf, table);
	free(table);
	strbuf_release(&letters);
	if (status != -1) {
		return status;
	}
	int n = argc - optind;
	if (n < tool->min_operands) {
		return tool_usage(tool, "too few arguments");
	}
	if (tool->max_operands >= 0 && n > tool->max_operands) {
		return tool_usage(tool, "unexpected argument '%s'",
			argv[optind + tool->max_operands]);
	}
	*ret_first = optind;
	return -1;
}
