#include "abc/kernel.h"

#include <math.h>

#include "abc/acceptor.h"
#include "abc/distance.h"
#include "abc/linalg.h"
#include "abc/proposal.h"
#include "abc/weights.h"
#include "abc_kit.h"

static const double four[] = {1, 2, 2, 1, 4, 4, 0.5, 3};
static const double four_w[] = {0.1, 0.2, 0.3, 0.4};

static const char two_normals[] =
	"seed: 1\n"
	"models:\n"
	"  m:\n"
	"    simulator: {command: [none]}\n"
	"    parameters: {a: {normal: [0, 9]}, b: {normal: [0, 9]}}\n"
	"observed: {x: 0}\n"
	"epsilon: [1]\n"
	"population: 10\n";

/* numpy.cov(x.T, aweights=w) */
static void test_covariance(void **state)
{
	double cov[4], l[4], y[2], z[2] = {1, 1};
	(void)state;

	weighted_cov(four, 2, four_w, 4, 2, cov);
	assert_close(cov[0], 3.1285714285714286, 1e-14);
	assert_close(cov[1], 0.9714285714285715, 1e-14);
	assert_close(cov[2], cov[1], 0);
	assert_close(cov[3], 1.6571428571428575, 1e-14);
	assert_int_equal(cholesky(cov, 2, l), 2);
	assert_close(l[0] * l[0], cov[0], 1e-14);
	assert_close(l[2] * l[2] + l[3] * l[3], cov[3], 1e-14);
	cholesky_apply(l, 2, z, y);
	cholesky_solve(l, 2, y, y);
	assert_close(y[0], 1, 1e-14);
	assert_close(y[1], 1, 1e-14);
}

static void test_singular_covariance(void **state)
{
	double cov[9] = {4, 2, 0, 2, 1, 0, 0, 0, 0}, l[9], y[3], x[3] = {2, 1, 0};
	(void)state;

	assert_int_equal(cholesky(cov, 3, l), 1);
	cholesky_solve(l, 3, x, y);
	assert_close(y[0], 1, 1e-15);
	assert_true(y[1] == 0 && y[2] == 0);
	assert_close(cholesky_half_logdet(l, 3), log(2), 1e-15);
}

static void test_quantiles(void **state)
{
	const double x[] = {3, 1, 2, 5}, w[] = {0.1, 0.4, 0.2, 0.3};
	const double tie[] = {2, 2, 2};
	(void)state;

	assert_close(weighted_quantile(x, 1, w, 4, 0.05), 1, 0);
	assert_close(weighted_quantile(x, 1, w, 4, 0.5), 2, 1e-14);
	assert_close(weighted_quantile(x, 1, w, 4, 0.7), 3.5, 1e-14);
	assert_close(weighted_quantile(x, 1, w, 4, 0.95), 5, 0);
	assert_close(weighted_quantile(tie, 1, NULL, 3, 0.5), 2, 0);
	assert_close(plain_quantile(x, 4, 0.1), 1.3, 1e-15);
	assert_close(median(x, 4), 2.5, 0);
	assert_close(weights_ess(w, 4), 1 / 0.3, 1e-14);
}

static void test_normalise(void **state)
{
	double w[3] = {-2000, -2000, -2001};
	double bad[2] = {(double)NAN, 0}, none[2] = {-HUGE_VAL, -HUGE_VAL};
	(void)state;

	assert_int_equal(weights_normalise(w, 3, w), 0);
	assert_close(w[0] + w[1] + w[2], 1, 1e-15);
	assert_close(w[2] / w[0], exp(-1), 1e-15);
	assert_int_equal(weights_normalise(bad, 2, bad), -1);
	assert_int_equal(weights_normalise(none, 2, none), -1);
}

/* Values of pyABC's MultivariateNormalTransition. */
static void test_mvn_density(void **state)
{
	struct kernel_spec spec = {.kind = KERNEL_MVN, .scaling = 1, .factor = 2};
	const double at[] = {1.5, 2.2};
	struct kernel k;
	struct kit kit;
	(void)state;

	assert_int_equal(kit_load(&kit, two_normals), 0);
	kernel_fit(&k, &spec, &kit.problem.model[0], four, 2, four_w, 4);
	assert_close(kernel_logpdf(&k, at), -3.1801818237641726, 1e-13);
	kernel_release(&k);
	spec.bandwidth = BANDWIDTH_FACTOR;
	kernel_fit(&k, &spec, &kit.problem.model[0], four, 2, four_w, 4);
	assert_true(kernel_logpdf(&k, at) < -3.18);
	kernel_release(&k);
	kit_release(&kit);
}

/* The value of pyABC's LocalTransition(k_fraction=0.5). */
static void test_local_density(void **state)
{
	static const double x[] = {-0.802, -1.324, -0.248, 0.42, 1.136, 0.11, -0.553,
		-0.785, 0.749, 1.635, 0.273, -1.233, -0.958, 1.6, 0.203, -1.732, -0.084,
		-1.163, -0.629, -0.488, -0.713, 0.553, -0.063, -0.589, 0.41, 0.83, -1.643,
		-0.257, -0.981, -0.173, -1.289, 0.021, -0.038, -0.304, -1.048, -0.396,
		-1.091, -1.355, 0.225, -1.109, 1.17, 0.717, -1.998, 0.272, -1.102, 0.033,
		0.044, -1.988};
	static const double w[] = {0.515, 1.433, 0.586, 1.345, 0.868, 1.451, 0.899, 1.436,
		1.056, 0.74, 1.241, 1.174, 1.184, 0.964, 0.722, 1.141, 0.607, 1.192,
		1.135, 0.877, 1.299, 0.694, 0.89, 1.298};
	struct kernel_spec spec = {.kind = KERNEL_LOCAL, .scaling = 1, .k_fraction = 0.5};
	const double at[] = {0.3, -0.2};
	struct kernel k;
	struct kit kit;
	(void)state;

	assert_int_equal(kit_load(&kit, two_normals), 0);
	kernel_fit(&k, &spec, &kit.problem.model[0], x, 2, w, 24);
	assert_close(kernel_logpdf(&k, at), -2.7832874509931593, 1e-12);
	kernel_release(&k);
	kit_release(&kit);
}

/* What is drawn has the density that is said: histogram against it, with a discrete
 * parameter beside a continuous one. */
static void test_draws_follow_density(void **state)
{
	static const char yaml[] =
		"seed: 1\n"
		"models:\n"
		"  m:\n"
		"    simulator: {command: [none]}\n"
		"    parameters: {a: {normal: [0, 9]}, k: {randint: [1, 3]}}\n"
		"observed: {x: 0}\n"
		"epsilon: [1]\n"
		"population: 10\n";
	const double x[] = {0, 1, 1, 2, 3, 2}, w[] = {0.5, 0.3, 0.2};
	enum { N = 400000 };
	unsigned near_1 = 0, value_3 = 0;
	double density = 0;
	struct kernel k;
	struct kit kit;
	struct stream s;
	(void)state;

	assert_int_equal(kit_load(&kit, yaml), 0);
	kernel_fit(&k, &kit.problem.kernel, &kit.problem.model[0], x, 2, w, 3);
	stream_init(&s, 5, STREAM_PROPOSE, 0, 0);
	for (int i = 0; i < N; i++) {
		double theta[2];
		kernel_draw(&k, &s, theta);
		near_1 += fabs(theta[0] - 1) < 0.05 && theta[1] == 2;
		value_3 += theta[1] == 3;
	}
	for (int i = 0; i < 3; i++) {
		double at[2] = {1, i + 1.0};
		density += i == 1 ? exp(kernel_logpdf(&k, at)) : 0;
	}
	assert_close(near_1 / (double)N / 0.1, density, 0.03);
	/* 0.3 each way from 1 and from 2: 0.15 */
	assert_close(value_3 / (double)N, 0.15, 0.03);
	kernel_release(&k);
	kit_release(&kit);
}

static void test_distances(void **state)
{
	const double s[] = {1, -2, 3}, o[] = {0, 0, 0}, w[] = {1, 1, 2};
	const double x[] = {1, 2, 4, 8, 100};
	(void)state;

	assert_close(distance_pnorm(1, w, s, o, 3), 9, 0);
	assert_close(distance_pnorm(2, w, s, o, 3), sqrt(41), 1e-15);
	assert_close(distance_pnorm(3, w, s, o, 3), cbrt(225), 1e-15);
	assert_close(distance_pnorm(HUGE_VAL, w, s, o, 3), 6, 0);
	assert_close(distance_scale(SCALE_MAD, x, 5, 0), 3, 0);
	assert_close(distance_scale(SCALE_CMAD, x, 5, 1), 6, 0);
	assert_close(distance_scale(SCALE_SD, x, 4, 0), sqrt(7.1875), 1e-15);
	assert_close(distance_scale(SCALE_RMSD, x, 4, 0), sqrt(85 / 4.0), 1e-15);
}

static void test_acceptor(void **state)
{
	const double logpdf[] = {0, -1, -2, -3};
	double lw, t;
	(void)state;

	assert_true(accept_stochastic(-1, 0, 1, exp(-1) * 0.999, &lw));
	assert_true(lw == 0);
	assert_false(accept_stochastic(-1, 0, 1, exp(-1) * 1.001, &lw));
	assert_true(accept_stochastic(-1, 0, 2, exp(-0.5) * 0.999, &lw));
	assert_true(accept_stochastic(1, 0, 1, 0.9999, &lw));
	assert_close(lw, 1, 0);
	t = temperature_for_rate(logpdf, NULL, 4, 0, 0.5);
	assert_close((1 + exp(-1 / t) + exp(-2 / t) + exp(-3 / t)) / 4, 0.5, 1e-9);
	assert_close(temperature_for_rate(logpdf, NULL, 4, 0, 0.01), 1, 0);
	assert_close(temperature_decay(16, 2, 0.5), 4, 1e-15);
	assert_close(temperature_decay(16, 1, 0.5), 1, 0);
	assert_close(temperature_decay(16, 0, 0.25), 4, 1e-15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_covariance),
		cmocka_unit_test(test_singular_covariance),
		cmocka_unit_test(test_quantiles),
		cmocka_unit_test(test_normalise),
		cmocka_unit_test(test_mvn_density),
		cmocka_unit_test(test_local_density),
		cmocka_unit_test(test_draws_follow_density),
		cmocka_unit_test(test_distances),
		cmocka_unit_test(test_acceptor),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
