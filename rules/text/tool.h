/*
 * What every text program does alike: its options, --help, --version, one-line errors and
 * the exit status (0 done, 1 the work went wrong, 2 called wrongly).
 */
#ifndef CW_TEXT_TOOL_H
#define CW_TEXT_TOOL_H

enum tool_status { TOOL_OK = 0, TOOL_FAILED = 1, TOOL_USAGE = 2 };

enum tool_option_type { TOOL_FLAG, TOOL_UINT, TOOL_TEXT };

struct tool_option {
	const char *name; /* long name without dashes; NULL ends the table */
	char letter;      /* short name, or 0 */
	enum tool_option_type type;
	void *target; /* bool, uint64_t or const char *, set when the option is seen */
	uint64_t min, max; /* limits of a TOOL_UINT, both allowed */
	const char *arg;   /* name of the argument in the help, NULL for a flag */
	const char *help;  /* one line */
};

struct tool {
	const char *name;
	const char *operands; /* "IN OUT [MINLEN]" */
	const char *summary;  /* what it does, one or more lines */
	const struct tool_option *options;
	int min_operands, max_operands; /* max_operands -1: any number */
	bool quiet; /* print nothing: another process or thread of the run speaks */
};

/* Reads the command line up to the operands. -1: go on, *ret_first is the index of the first
 * operand in argv (getopt's order is strict: options first or in between, both work);
 * otherwise the exit status, help or error being printed already. */
int tool_parse(const struct tool *tool, int argc, char **argv, int *ret_first);

/* "NAME: message" on standard error; returns -1 for `return tool_error(...)`. */
int tool_error(const struct tool *tool, const char *fmt, ...) CW_PRINTF(2, 3);

/* The same as a fault of the command line, with a hint to --help; returns TOOL_USAGE. */
int tool_usage(const struct tool *tool, const char *fmt, ...) CW_PRINTF(2, 3);

/* A decimal number of `what` within min..max from `text`: 0, or -1 with an error printed. */
int tool_uint(const struct tool *tool, const char *what, const char *text, uint64_t min,
	uint64_t max, uint64_t *ret);

#endif
