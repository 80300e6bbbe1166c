/* wordcount IN OUT [MINLEN]: how often each word comes in a text. */
#include "text/count_table.h"
#include "text/dat_file.h"
#include "text/tokens.h"
#include "text/unicode_text.h"

#include "base/xalloc.h"

/* Counts all words of the text `path`; 0, or -1 (nothing to release). */
static int count_text(
	const struct tool *tool, const char *path, struct count_table *table)
{
	struct tokens text;
	if (tokens_open(&text, tool, path)) {
		return -1;
	}
	count_table_init(table, tokens_left(&text));
	struct token_batch batch;
	int r;
	while ((r = tokens_next(&text, &batch)) > 0) {
		count_table_add_batch(table, &batch);
	}
	tokens_release(&text);
	if (r) {
		count_table_release(table);
	}
	return r;
}

/* Drops words of fewer than `min` letters; how many are left. */
static size_t drop_short(
	const struct count_table *table, uint32_t *order, size_t n, uint64_t min)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		struct strview word = count_table_at(table, order[i]).word;
		if (word.n >= min && utf8_count(word) >= min) {
			order[kept++] = order[i];
		}
	}
	return kept;
}

/* Writes the words of the table that are long enough; 0 or -1. */
static int write_counts(const struct tool *tool, const char *path,
	const struct count_table *table, uint64_t min_length)
{
	uint32_t *order = count_table_sorted(table);
	size_t n = table->used;
	if (min_length > 1) {
		n = drop_short(table, order, n, min_length);
	}
	struct output_file out;
	int r = output_file_open(&out, tool, path);
	if (!r) {
		r = dat_write(&out, table, order, n);
	}
	if (!r) {
		r = output_file_commit(&out);
	}
	free(order);
	return r;
}

int main(int argc, char **argv)
{
	const struct tool_option options[] = {{.name = NULL}};
	const struct tool tool = {
		.name = "wordcount",
		.operands = "IN OUT [MINLEN]",
		.summary =
			"Counts the words of the text IN (UTF-8) and writes lines 'word count "
			"percentage'\nby falling count to OUT. Words shorter than MINLEN "
			"letters (1) are not counted.\n'-' is standard input or output.",
		.options = options,
		.min_operands = 2,
		.max_operands = 3,
	};
	int first = 0;
	int status = tool_parse(&tool, argc, argv, &first);
	if (status != -1) {
		return status;
	}
	uint64_t min_length = 1;
	if (argc - first == 3 &&
		tool_uint(&tool, "MINLEN", argv[first + 2], 0, INT32_MAX, &min_length)) {
		return TOOL_USAGE;
	}
	struct count_table table;
	if (count_text(&tool, argv[first], &table)) {
		return TOOL_FAILED;
	}
	int r = write_counts(&tool, argv[first + 1], &table, min_length);
	count_table_release(&table);
	return r ? TOOL_FAILED : TOOL_OK;
}
