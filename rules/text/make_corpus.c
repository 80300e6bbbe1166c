/* make_corpus --books N --words W --seed S DIR: texts where no real books are at hand. */
#include <errno.h>
#include <sys/stat.h>

#include "base/xalloc.h"
#include "text/corpus.h"

/* Makes the folder and those above it; 0 or -1. */
static int make_folder(const struct tool *tool, const char *path)
{
	char *part = xstrdup(path);
	int r = 0;
	for (char *p = part; !r; p++) {
		if (*p != '/' && *p != '\0') {
			continue;
		}
		char end = *p;
		*p = '\0';
		if (*part && mkdir(part, 0777) && errno != EEXIST) {
			r = tool_error(tool, "%s: %s", part, strerror(errno));
		}
		*p = end;
		if (end == '\0') {
			break;
		}
	}
	free(part);
	return r;
}

/* Digits of the largest book number, at least two. */
static int number_width(uint64_t books)
{
	int width = 2;
	for (uint64_t n = books / 100; n; n /= 10) {
		width++;
	}
	return width;
}

/* Writes book number `book` into `folder`; 0 or -1. */
static int write_book(const struct tool *tool, const struct corpus *c, const char *folder,
	int width, uint64_t book)
{
	struct output_file out;
	char *path =
		xasprintf("%s/book%0*llu.txt", folder, width, (unsigned long long)book);
	int r = output_file_open(&out, tool, path);
	free(path);
	if (!r) {
		r = corpus_write_book(c, book, &out);
	}
	return r ? -1 : output_file_commit(&out);
}

int main(int argc, char **argv)
{
	uint64_t books = 64;
	uint64_t words = 10000;
	uint64_t seed = 1;
	uint64_t only = 0;
	const struct tool_option options[] = {
		{.name = "books",
			.letter = 'b',
			.type = TOOL_UINT,
			.target = &books,
			.min = 1,
			.max = 1000000,
			.arg = "N",
			.help = "number of books (64)"},
		{.name = "words",
			.letter = 'w',
			.type = TOOL_UINT,
			.target = &words,
			.min = 1,
			.max = UINT64_C(1000000000000),
			.arg = "W",
			.help = "words of each book (10000)"},
		{.name = "seed",
			.letter = 's',
			.type = TOOL_UINT,
			.target = &seed,
			.max = UINT64_MAX,
			.arg = "S",
			.help = "other seeds give other books (1)"},
		{.name = "only",
			.letter = 'o',
			.type = TOOL_UINT,
			.target = &only,
			.min = 1,
			.max = 1000000,
			.arg = "K",
			.help = "write the book of this number alone"},
		{.name = NULL},
	};
	const struct tool tool = {
		.name = "make_corpus",
		.operands = "DIR",
		.summary =
			"Writes invented books DIR/book01.txt, book02.txt, ... whose words come "
			"as often\nand as unevenly as in real ones. The same numbers give the "
			"same books.",
		.options = options,
		.min_operands = 1,
		.max_operands = 1,
	};
	int first = 0;
	int status = tool_parse(&tool, argc, argv, &first);
	if (status != -1) {
		return status;
	}
	const char *folder = argv[first];
	if (make_folder(&tool, folder)) {
		return TOOL_FAILED;
	}
	struct corpus *c = corpus_new(words, seed);
	int r = 0;
	uint64_t from = only ? only : 1;
	uint64_t to = only ? only : books;
	for (uint64_t book = from; book <= to && !r; book++) {
		r = write_book(&tool, c, folder, number_width(books), book);
	}
	corpus_free(c);
	return r ? TOOL_FAILED : TOOL_OK;
}
