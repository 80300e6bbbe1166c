/*
 * Word counts on disk: lines "word count percentage", by falling count. The percentage is
 * of all counted words, as Python's repr() prints it.
 */
#ifndef CW_TEXT_DAT_FILE_H
#define CW_TEXT_DAT_FILE_H

#include "text/count_table.h"
#include "text/output_file.h"

/* Writes the words at the `n` places in `order` as lines to `out`. 0 or -1 (printed, `out`
 * is abandoned). */
int dat_write(struct output_file *out, const struct count_table *table,
	const uint32_t *order, size_t n);

struct dat {
	char *text; /* the file; the words point into it */
	struct word_count *v;
	size_t n, cap;
};

/* Reads the counts in `path` ("-": standard input), by falling count, equal ones in the
 * file's order. Lines that are empty or begin with '#' are skipped; any other that is not
 * "word count percentage" is an error with its line. 0, or -1 (printed, nothing to
 * release). COUNT_TABLE_READABLE bytes are readable behind each word. */
int dat_read(struct dat *d, const struct tool *tool, const char *path);
void dat_release(struct dat *d);

/* The name of a book: the file's name without folder and ".dat". Borrowed from `path`. */
struct strview dat_book(const char *path);

#endif
