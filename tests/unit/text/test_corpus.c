#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/hash.h"
#include "fakes/sandbox.h"
#include "text/corpus.h"
#include "text/count_table.h"
#include "text/tokens.h"
#include "text_kit.h"

#define BOOK_HASH UINT64_C(0x727d3e340df3507a)

static char *write_book(uint64_t words, uint64_t seed, uint64_t book)
{
	struct corpus *c = corpus_new(words, seed);
	struct output_file out;
	assert_int_equal(output_file_open(&out, &text_kit_tool, "book"), 0);
	assert_int_equal(corpus_write_book(c, book, &out), 0);
	assert_int_equal(output_file_commit(&out), 0);
	corpus_free(c);
	return sandbox_read("book");
}

static uint64_t count_words(struct count_table *table)
{
	struct tokens t;
	struct token_batch batch;
	uint64_t n = 0;
	assert_int_equal(tokens_open(&t, &text_kit_tool, "book"), 0);
	while (tokens_next(&t, &batch) > 0) {
		for (size_t i = 0; i < batch.n; i++) {
			count_table_add(table, token_at(&batch, i));
		}
		n += batch.n;
	}
	tokens_release(&t);
	return n;
}

static void has_its_words(void **state)
{
	(void)state;
	static const uint64_t sizes[] = {1, 2, 100, 1000, 20000};
	size_t vocabulary = 0;
	for (size_t i = 0; i < CW_ARRAY_LEN(sizes); i++) {
		struct count_table table;
		count_table_init(&table, 0);
		free(write_book(sizes[i], 3, 1));
		assert_int_equal(count_words(&table), sizes[i]);
		assert_true(table.used > vocabulary || sizes[i] < 3);
		vocabulary = table.used;
		count_table_release(&table);
	}
	assert_in_range(vocabulary, 2000, 6000);
}

static void lines_are_short(void **state)
{
	(void)state;
	char *text = write_book(5000, 8, 2);
	for (const char *p = text, *end; *p; p = end + 1) {
		end = strchr(p, '\n');
		assert_non_null(end);
		assert_true(end - p <= 72);
	}
	free(text);
}

/* These bytes must never change: results of examples hang on them. */
static void same_bytes_everywhere(void **state)
{
	(void)state;
	char *text = write_book(10000, 1, 1);
	char *again = write_book(10000, 1, 1);
	char *other_book = write_book(10000, 1, 2);
	char *other_seed = write_book(10000, 2, 1);
	assert_string_equal(text, again);
	assert_string_not_equal(text, other_book);
	assert_string_not_equal(text, other_seed);
	assert_true(hash64(text, strlen(text)) == BOOK_HASH);
	free(text);
	free(again);
	free(other_book);
	free(other_seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_its_words),
		cmocka_unit_test(lines_are_short),
		cmocka_unit_test(same_bytes_everywhere),
	};
	return cmocka_run_group_tests(tests, sandbox_enter, sandbox_leave);
}
