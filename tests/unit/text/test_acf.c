#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "text/acf.h"

enum { LAGS = 130, WORDS = 4, TEXT = 60000 };

/* A text of the words a, b, c, d: a in half the places, runs of it alone, b in bursts. */
static unsigned char *make_text(size_t n, uint64_t seed)
{
	unsigned char *w = xmalloc(n + 1);
	uint64_t x = seed;
	for (size_t i = 0; i < n; i++) {
		x = x * 6364136223846793005U + 1442695040888963407U;
		uint64_t r = x >> 40 & 0xff;
		bool run = i / 300 % 7 == 3;
		w[i] = run || r < 128                ? 0
		       : r < 150 && i / 100 % 5 == 0 ? 1
		       : r < 200                     ? 2
						     : 3;
	}
	return w;
}

/* The definition, word by word. */
static void direct(const unsigned char *w, size_t n, unsigned char word, double *ret)
{
	double seen = 0;
	for (size_t i = 0; i < n; i++) {
		seen += w[i] == word;
	}
	for (size_t t = 0; t < LAGS; t++) {
		double sum = 0;
		for (size_t i = 1; i + t < n; i++) {
			sum += (w[i] == word) * (w[i + t] == word);
		}
		ret[t] = sum / seen;
	}
}

/* Counts w[from..to) into `a`, in batches of `step` words. */
static void feed(
	struct acf *a, const unsigned char *w, size_t from, size_t to, size_t step)
{
	static const char letters[] = "a b c d                 ";
	uint32_t *edges = xcalloc(2 * step, sizeof(*edges));
	while (from < to) {
		size_t n = to - from < step ? to - from : step;
		for (size_t i = 0; i < n; i++) {
			edges[2 * i] = w[from + i] * 2u;
			edges[2 * i + 1] = w[from + i] * 2u + 1;
		}
		acf_add(a, &(struct token_batch){letters, edges, n});
		from += n;
	}
	free(edges);
}

static void init(struct acf *a)
{
	static const char letters[] = "a b c d                 ";
	struct word_count words[WORDS];
	for (size_t i = 0; i < WORDS; i++) {
		words[i] = (struct word_count){{letters + 2 * i, 1}, 1};
	}
	acf_init(a, words, WORDS, LAGS);
}

static void assert_right(const struct acf *a, const unsigned char *w, size_t n)
{
	double expected[LAGS];
	double got[LAGS];
	assert_int_equal(a->total, n);
	for (unsigned char word = 0; word < WORDS; word++) {
		if (a->words[word].seen) {
			direct(w, n, word, expected);
			acf_result(a, word, got);
			assert_memory_equal(got, expected, sizeof(got));
		}
	}
}

static void counts_as_defined(void **state)
{
	(void)state;
	static const size_t lengths[] = {1, 2, 63, 64, 65, 129, 130, 131, 200, 5000};
	static const size_t steps[] = {1, 7, 64, 1000, 100000};
	for (size_t l = 0; l < CW_ARRAY_LEN(lengths); l++) {
		for (size_t s = 0; s < CW_ARRAY_LEN(steps); s++) {
			unsigned char *w = make_text(lengths[l], l + 1);
			struct acf a;
			init(&a);
			feed(&a, w, 0, lengths[l], steps[s]);
			assert_right(&a, w, lengths[l]);
			acf_release(&a);
			free(w);
		}
	}
}

static void parts_are_the_whole(void **state)
{
	(void)state;
	static const size_t cuts[] = {
		0, 0, 1, 5, 100, 131, 131, 260, 261, 3000, 3001, 6000};
	unsigned char *w = make_text(6000, 99);
	struct acf whole;
	init(&whole);
	for (size_t i = 0; i + 1 < CW_ARRAY_LEN(cuts); i++) {
		struct acf part;
		init(&part);
		feed(&part, w, cuts[i], cuts[i + 1], 500);
		acf_append(&whole, &part);
		acf_release(&part);
	}
	assert_right(&whole, w, 6000);
	acf_release(&whole);
	free(w);
}

/* The text's own length decides nothing about memory. */
static void keeps_little(void **state)
{
	(void)state;
	unsigned char *w = make_text(TEXT, 5);
	struct acf a;
	init(&a);
	for (int i = 0; i < 20; i++) {
		feed(&a, w, 0, TEXT, 4096);
	}
	for (size_t i = 0; i < WORDS; i++) {
		assert_true(a.words[i].recent.cap < 10000 && a.words[i].head.cap < 1000);
	}
	acf_release(&a);
	free(w);
}

static void averages_in_order(void **state)
{
	(void)state;
	const double rows[] = {1e16, 1, 1, 1, -1e16, 1};
	double average[2];
	acf_average(rows, 3, 2, average);
	assert_true(average[0] == ((1e16 + 1) + -1e16) / 3);
	assert_true(average[1] == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_as_defined),
		cmocka_unit_test(parts_are_the_whole),
		cmocka_unit_test(keeps_little),
		cmocka_unit_test(averages_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
