#include "abc/rng.h"

#include <math.h>

#include "abc_kit.h"

/* The known answers of Random123 1.14 for philox4x64-10 (kat_vectors). */
static void test_known_answers(void **state)
{
	struct stream s;
	(void)state;

	stream_init(&s, 0, (enum stream_purpose)0, -1, 0);
	assert_true(stream_u64(&s) == 0x16554d9eca36314c);
	assert_true(stream_u64(&s) == 0xdb20fe9d672d0fdc);
	assert_true(stream_u64(&s) == 0xd7e772cee186176b);
	assert_true(stream_u64(&s) == 0x7e68b68aec7ba23b);
}

/* Counter and key are what the header says: block by block, nothing else in between. */
static void test_counter_layout(void **state)
{
	struct stream a, b;
	(void)state;

	stream_init(&a, 7, STREAM_MODEL, 2, 99);
	for (int i = 0; i < 4; i++) {
		stream_u64(&a);
	}
	b = (struct stream){.ctr = {STREAM_MODEL, 3, 99, 1}, .key = 7, .used = 4};
	for (int i = 0; i < 9; i++) {
		assert_true(stream_u64(&a) == stream_u64(&b));
	}
}

static void test_streams_differ(void **state)
{
	struct stream s;
	uint64_t seen[5];
	(void)state;

	stream_init(&s, 1, STREAM_PROPOSE, 0, 0);
	seen[0] = stream_u64(&s);
	stream_init(&s, 2, STREAM_PROPOSE, 0, 0);
	seen[1] = stream_u64(&s);
	stream_init(&s, 1, STREAM_MODEL, 0, 0);
	seen[2] = stream_u64(&s);
	stream_init(&s, 1, STREAM_PROPOSE, 1, 0);
	seen[3] = stream_u64(&s);
	stream_init(&s, 1, STREAM_PROPOSE, 0, UINT64_MAX);
	seen[4] = stream_u64(&s);
	for (int i = 0; i < 5; i++) {
		for (int k = 0; k < i; k++) {
			assert_true(seen[i] != seen[k]);
		}
	}
}

static double height(int i)
{
	return exp(-ziggurat_x[i] * ziggurat_x[i] / 2);
}

static void test_ziggurat_tables(void **state)
{
	const double r = ziggurat_x[1];
	double area = r * exp(-r * r / 2) + sqrt(M_PI / 2) * erfc(r / sqrt(2));
	(void)state;

	assert_close(ziggurat_x[0] * height(1), area, 1e-14);
	for (int i = 1; i < 256; i++) {
		assert_true(ziggurat_x[i + 1] < ziggurat_x[i]);
		assert_close(ziggurat_x[i] * (height(i + 1) - height(i)), area, 1e-11);
	}
	assert_true(ziggurat_x[256] == 0);
}

/* Cells of equal probability, chi-square within 5 standard deviations. */
static void test_normal_law(void **state)
{
	enum { N = 1000000, CELLS = 200 };
	static unsigned count[CELLS];
	double sum = 0, squares = 0, chi = 0;
	unsigned far = 0;
	struct stream s;
	(void)state;

	stream_init(&s, 11, STREAM_MODEL, 0, 0);
	for (int i = 0; i < N; i++) {
		double x = stream_normal(&s);
		double p = 0.5 * erfc(-x / sqrt(2));
		count[(int)fmin(CELLS - 1, p * CELLS)]++;
		sum += x;
		squares += x * x;
		far += fabs(x) > 3.9;
	}
	for (int i = 0; i < CELLS; i++) {
		double d = count[i] - (double)N / CELLS;
		chi += d * d * CELLS / N;
	}
	assert_true(fabs(chi - (CELLS - 1)) < 5 * sqrt(2.0 * (CELLS - 1)));
	assert_true(fabs(sum / N) < 5 / sqrt(N));
	assert_true(fabs(squares / N - 1) < 5 * sqrt(2.0 / N));
	/* beyond the base layer: 96.2 expected */
	assert_true(far > 50 && far < 150);
}

static void check_moments(const double *x, int n, double mean, double sd)
{
	double sum = 0, squares = 0;

	for (int i = 0; i < n; i++) {
		sum += x[i];
		squares += (x[i] - mean) * (x[i] - mean);
	}
	assert_true(fabs(sum / n - mean) < 5 * sd / sqrt(n));
	assert_close(sqrt(squares / n), sd, 0.02);
}

static void test_moments(void **state)
{
	enum { N = 100000 };
	static double x[6][N];
	struct stream s;
	(void)state;

	stream_init(&s, 12, STREAM_MODEL, 0, 0);
	for (int i = 0; i < N; i++) {
		x[0][i] = stream_gamma(&s, 0.4, 2);
		x[1][i] = stream_gamma(&s, 7, 0.5);
		x[2][i] = stream_beta(&s, 2, 5);
		x[3][i] = stream_exponential(&s);
		x[4][i] = (double)stream_poisson(&s, 40);
		x[5][i] = stream_binomial(&s, 0.3, 50);
	}
	check_moments(x[0], N, 0.8, sqrt(1.6));
	check_moments(x[1], N, 3.5, sqrt(1.75));
	check_moments(x[2], N, 2.0 / 7, sqrt(10.0 / (49 * 8)));
	check_moments(x[3], N, 1, 1);
	check_moments(x[4], N, 40, sqrt(40));
	check_moments(x[5], N, 15, sqrt(10.5));
}

static void test_below(void **state)
{
	unsigned count[7] = {0};
	struct stream s;
	(void)state;

	stream_init(&s, 13, STREAM_MODEL, 0, 0);
	for (int i = 0; i < 70000; i++) {
		count[stream_below(&s, 7)]++;
	}
	for (int i = 0; i < 7; i++) {
		assert_true(count[i] > 9500 && count[i] < 10500);
	}
	assert_true(stream_below(&s, 1) == 0);
}

static void test_selftest_is_stable(void **state)
{
	(void)state;
	assert_true(stream_selftest() == stream_selftest());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_answers),
		cmocka_unit_test(test_counter_layout),
		cmocka_unit_test(test_streams_differ),
		cmocka_unit_test(test_ziggurat_tables),
		cmocka_unit_test(test_normal_law),
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_below),
		cmocka_unit_test(test_selftest_is_stable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
