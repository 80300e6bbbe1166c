#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "text/zipf_fit.h"

enum { RANKS = 2000 };

/* Counts that follow the law with exponent `s` as well as whole numbers can. */
static struct word_count *law(double s, double first)
{
	struct word_count *counts = xcalloc(RANKS, sizeof(*counts));
	for (size_t i = 0; i < RANKS; i++) {
		counts[i].count = (uint64_t)llround(first * pow((double)i + 1, -s));
	}
	return counts;
}

static void finds_the_exponent(void **state)
{
	(void)state;
	for (double s = 0.25; s < 2.1; s += 0.25) {
		struct word_count *counts = law(s, 1e12);
		struct zipf_fit fit = zipf_fit(counts, RANKS);
		assert_true(fabs(fit.exponent - s) < 1e-6);
		assert_true(fit.error > 0 && fit.error < 1e-5);
		assert_true(fit.distance < 1e-6);
		free(counts);
	}
}

/* The likelihood is highest there. */
static double likelihood(const struct word_count *counts, size_t n, double s)
{
	double norm = 0;
	double sum = 0;
	double total = 0;
	for (size_t i = 0; i < n; i++) {
		norm += pow((double)i + 1, -s);
		sum -= s * (double)counts[i].count * log((double)i + 1);
		total += (double)counts[i].count;
	}
	return sum - total * log(norm);
}

static void is_most_likely(void **state)
{
	(void)state;
	const struct word_count counts[] = {{.count = 50}, {.count = 20}, {.count = 19},
		{.count = 7}, {.count = 1}, {.count = 1}};
	size_t n = CW_ARRAY_LEN(counts);
	struct zipf_fit fit = zipf_fit(counts, n);
	double best = likelihood(counts, n, fit.exponent);
	assert_true(best > likelihood(counts, n, fit.exponent + 1e-3));
	assert_true(best > likelihood(counts, n, fit.exponent - 1e-3));
	/* The curvature gives the error. */
	double h = 1e-3;
	double curvature = (likelihood(counts, n, fit.exponent + h) - 2 * best +
				   likelihood(counts, n, fit.exponent - h)) /
			   (h * h);
	assert_true(fabs(fit.error * sqrt(-curvature) - 1) < 1e-4);
	assert_true(fit.distance > 0 && fit.distance < 1);
}

static void edges(void **state)
{
	(void)state;
	const struct word_count flat[] = {{.count = 5}, {.count = 5}, {.count = 5}};
	const struct word_count steep[] = {{.count = 1000000000}, {.count = 1}};
	assert_true(isnan(zipf_fit(flat, 0).exponent));
	assert_true(isnan(zipf_fit(flat, 1).exponent));
	assert_true(fabs(zipf_fit(flat, 3).exponent) < 1e-9);
	assert_true(fabs(zipf_fit(steep, 2).exponent - log2(1e9)) < 1e-6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_exponent),
		cmocka_unit_test(is_most_likely),
		cmocka_unit_test(edges),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
