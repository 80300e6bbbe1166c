/* zipf_test N DAT...: the highest counts of several books in one table. */
#include "base/strbuf.h"
#include "text/dat_file.h"
#include "text/output_file.h"
#include "text/tool.h"
#include "text/zipf_fit.h"

enum { COLUMNS_MAX = 1000000 };

/* The line of column names. */
static void add_header(struct strbuf *out, uint64_t columns, bool with_fit)
{
	strbuf_addstr(out, "Book");
	for (uint64_t i = 1; i <= columns; i++) {
		strbuf_addstr(out, ",word");
		strbuf_addu64(out, i);
	}
	if (with_fit) {
		strbuf_addstr(out, ",exponent,stderr,ks");
	}
	strbuf_addch(out, '\n');
}

/* A name as a CSV field, quoted where it needs to be. */
static void add_field(struct strbuf *out, struct strview name)
{
	bool plain = true;
	for (size_t i = 0; i < name.n; i++) {
		plain = plain && !strchr(",\"\r\n", name.p[i]);
	}
	if (plain) {
		strbuf_addsv(out, name);
		return;
	}
	strbuf_addch(out, '"');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '"') {
			strbuf_addch(out, '"');
		}
		strbuf_addch(out, name.p[i]);
	}
	strbuf_addch(out, '"');
}

/* Six decimals: more would differ between mathematical libraries. */
static void add_number(struct strbuf *out, double x)
{
	strbuf_addf(out, ",%.6f", x);
}

/* One book's line. A book of fewer than N words has a shorter line, as it always had; with
 * the fit its columns stay empty. */
static int add_book(struct strbuf *out, const struct tool *tool, const char *path,
	uint64_t columns, bool with_fit)
{
	struct dat dat;
	if (dat_read(&dat, tool, path)) {
		return -1;
	}
	add_field(out, dat_book(path));
	for (uint64_t i = 0; i < columns && (i < dat.n || with_fit); i++) {
		strbuf_addch(out, ',');
		if (i < dat.n) {
			strbuf_addu64(out, dat.v[i].count);
		}
	}
	if (with_fit) {
		struct zipf_fit fit = zipf_fit(dat.v, dat.n);
		add_number(out, fit.exponent);
		add_number(out, fit.error);
		add_number(out, fit.distance);
	}
	strbuf_addch(out, '\n');
	dat_release(&dat);
	return 0;
}

int main(int argc, char **argv)
{
	bool with_fit = false;
	const char *path = "-";
	const struct tool_option options[] = {
		{.name = "fit",
			.type = TOOL_FLAG,
			.target = &with_fit,
			.help = "add the Zipf exponent, its standard error and the distance"},
		{.name = "output",
			.letter = 'o',
			.type = TOOL_TEXT,
			.target = &path,
			.arg = "FILE",
			.help = "write to FILE instead of standard output"},
		{.name = NULL},
	};
	const struct tool tool = {
		.name = "zipf_test",
		.operands = "N DAT...",
		.summary =
			"Prints a table (CSV) of the N highest word counts of each file DAT that "
			"wordcount wrote.",
		.options = options,
		.min_operands = 2,
		.max_operands = -1,
	};
	int first = 0;
	int status = tool_parse(&tool, argc, argv, &first);
	if (status != -1) {
		return status;
	}
	uint64_t columns = 0;
	if (tool_uint(&tool, "N", argv[first], 1, COLUMNS_MAX, &columns)) {
		return TOOL_USAGE;
	}
	struct output_file out;
	if (output_file_open(&out, &tool, path)) {
		return TOOL_FAILED;
	}
	add_header(&out.data, columns, with_fit);
	for (int i = first + 1; i < argc; i++) {
		if (add_book(&out.data, &tool, argv[i], columns, with_fit)) {
			output_file_abandon(&out);
			return TOOL_FAILED;
		}
	}
	return output_file_commit(&out) ? TOOL_FAILED : TOOL_OK;
}
