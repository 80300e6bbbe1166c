#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "text/count_table.h"

/* Adds a word with the room behind it that the table asks for. */
static void add(struct count_table *t, const char *word, size_t n)
{
	char *room = xcalloc(n + COUNT_TABLE_READABLE, 1);
	memcpy(room, word, n);
	memset(room + n, 'x', COUNT_TABLE_READABLE);
	count_table_add(t, (struct strview){room, n});
	free(room);
}

static void assert_entry(
	const struct count_table *t, uint32_t place, const char *word, uint64_t count)
{
	struct word_count c = count_table_at(t, place);
	assert_int_equal(c.word.n, strlen(word));
	assert_memory_equal(c.word.p, word, c.word.n);
	assert_int_equal(c.count, count);
}

static void order(void **state)
{
	(void)state;
	static const char *const words[] = {"b", "a", "a", "c", "b", "a", "d"};
	struct count_table t;
	count_table_init(&t, 0);
	for (size_t i = 0; i < CW_ARRAY_LEN(words); i++) {
		add(&t, words[i], strlen(words[i]));
	}
	uint32_t *list = count_table_sorted(&t);
	assert_int_equal(t.used, 4);
	assert_entry(&t, list[0], "a", 3);
	assert_entry(&t, list[1], "b", 2);
	assert_entry(&t, list[2], "c", 1);
	assert_entry(&t, list[3], "d", 1);
	free(list);
	count_table_release(&t);
}

/* Keys of every length are told apart, with zero bytes too. */
static void lengths(void **state)
{
	(void)state;
	enum { LENGTHS = 40 };
	char zeros[LENGTHS + COUNT_TABLE_READABLE] = {0};
	struct count_table t;
	count_table_init(&t, 0);
	for (int round = 0; round < 3; round++) {
		for (size_t n = 1; n <= LENGTHS; n++) {
			add(&t, zeros, n);
		}
	}
	assert_int_equal(t.used, LENGTHS);
	for (size_t n = 1; n <= LENGTHS; n++) {
		struct strview word = {zeros, n};
		assert_int_equal(count_table_find(&t, word), n - 1);
		assert_int_equal(count_table_at(&t, (uint32_t)n - 1).count, 3);
	}
	assert_int_equal(count_table_find(&t, SV("other\0padding padding")), -1);
	count_table_release(&t);
}

/* Many words, short and long, and counts on both sides of the sorting limit. */
static void many(void **state)
{
	(void)state;
	enum { WORDS = 50000 };
	struct count_table t;
	count_table_init(&t, 0);
	char word[64];
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < WORDS; i++) {
			int n = snprintf(word, sizeof(word),
				i % 5 ? "w%d" : "a-very-long-word-%d", i);
			add(&t, word, (size_t)n);
		}
	}
	for (int i = 0; i < 5000; i++) {
		add(&t, "w7", 2);
		add(&t, "w3", 2);
	}
	add(&t, "w9", 2);
	assert_int_equal(t.used, WORDS);
	uint32_t *list = count_table_sorted(&t);
	assert_entry(&t, list[0], "w3", 5002);
	assert_entry(&t, list[1], "w7", 5002);
	assert_entry(&t, list[2], "w9", 3);
	assert_entry(&t, list[3], "a-very-long-word-0", 2);
	assert_entry(&t, list[WORDS - 1], "w49999", 2);
	free(list);
	count_table_release(&t);
}

static void empty(void **state)
{
	(void)state;
	struct count_table t;
	count_table_init(&t, 0);
	assert_int_equal(count_table_find(&t, SV("a\0bcdefghijklmnopq")), -1);
	free(count_table_sorted(&t));
	count_table_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),
		cmocka_unit_test(lengths),
		cmocka_unit_test(many),
		cmocka_unit_test(empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
