#include "abc/builtin.h"

#include <math.h>

/* A count among the arguments: an integer of at least `low`. */
static bool is_count(double x, double low)
{
	return x == floor(x) && x >= low && x <= 1e9;
}

/* The same before a run, when it may be a parameter: NaN. */
static bool may_be_count(double x, double low)
{
	return isnan(x) || is_count(x, low);
}

static size_t one_stat(const double *arg)
{
	(void)arg;
	return 1;
}

enum { NORMAL_MU, NORMAL_SD };

static const char *normal_simulate(const double *arg, struct stream *s, double *ret_stat)
{
	if (!(arg[NORMAL_SD] >= 0)) {
		return "the standard deviation is negative";
	}
	ret_stat[0] = arg[NORMAL_MU] + arg[NORMAL_SD] * stream_normal(s);
	return NULL;
}

enum { SAMPLE_MU, SAMPLE_SD, SAMPLE_N };

static size_t mean_stats(const double *arg)
{
	return may_be_count(arg[SAMPLE_N], 1) ? 1 : 0;
}

static size_t mean_sd_stats(const double *arg)
{
	return may_be_count(arg[SAMPLE_N], 2) ? 2 : 0;
}

static const char *mean_simulate(const double *arg, struct stream *s, double *ret_stat)
{
	size_t n = arg[SAMPLE_N] > 0 ? (size_t)arg[SAMPLE_N] : 0;
	double sum = 0;

	if (!(arg[SAMPLE_SD] >= 0)) {
		return "the standard deviation is negative";
	}
	if (!is_count(arg[SAMPLE_N], 1)) {
		return "n is no count above 0";
	}
	for (size_t i = 0; i < n; i++) {
		sum += stream_normal(s);
	}
	ret_stat[0] = arg[SAMPLE_MU] + arg[SAMPLE_SD] * sum / (double)n;
	return NULL;
}

static const char *mean_sd_simulate(const double *arg, struct stream *s, double *ret_stat)
{
	size_t n = arg[SAMPLE_N] > 0 ? (size_t)arg[SAMPLE_N] : 0;
	double sum = 0, squares = 0, mean;

	if (!(arg[SAMPLE_SD] >= 0)) {
		return "the standard deviation is negative";
	}
	if (!is_count(arg[SAMPLE_N], 2)) {
		return "n is no count above 1";
	}
	for (size_t i = 0; i < n; i++) {
		double x = stream_normal(s);
		sum += x;
		squares += x * x;
	}
	mean = sum / (double)n;
	squares = (squares - sum * mean) / (double)(n - 1);
	ret_stat[0] = arg[SAMPLE_MU] + arg[SAMPLE_SD] * mean;
	ret_stat[1] = arg[SAMPLE_SD] * sqrt(fmax(squares, 0));
	return NULL;
}

enum { BINOMIAL_P, BINOMIAL_N };

static size_t binomial_stats(const double *arg)
{
	return may_be_count(arg[BINOMIAL_N], 1) ? 1 : 0;
}

static const char *binomial_simulate(
	const double *arg, struct stream *s, double *ret_stat)
{
	if (!(arg[BINOMIAL_P] >= 0 && arg[BINOMIAL_P] <= 1)) {
		return "p is no probability";
	}
	if (!is_count(arg[BINOMIAL_N], 0)) {
		return "n is no count";
	}
	ret_stat[0] = stream_binomial(s, arg[BINOMIAL_P], (unsigned)arg[BINOMIAL_N]);
	return NULL;
}

static const char *poisson_simulate(const double *arg, struct stream *s, double *ret_stat)
{
	if (!(arg[0] >= 0)) {
		return "lambda is negative";
	}
	if (arg[0] > 1e9) {
		return "lambda is above 1e9";
	}
	ret_stat[0] = (double)stream_poisson(s, arg[0]);
	return NULL;
}

static const char *geometric_simulate(
	const double *arg, struct stream *s, double *ret_stat)
{
	if (!(arg[0] > 0 && arg[0] <= 1)) {
		return "p is no probability above 0";
	}
	ret_stat[0] =
		arg[0] < 1 ? floor(log(stream_uniform_open(s)) / log1p(-arg[0])) : 0;
	return NULL;
}

enum { CONVERSION_A, CONVERSION_B, CONVERSION_POINTS, CONVERSION_END, CONVERSION_NOISE };

static size_t conversion_stats(const double *arg)
{
	return is_count(arg[CONVERSION_POINTS], 2) && arg[CONVERSION_POINTS] <= 1e6
		       ? (size_t)arg[CONVERSION_POINTS]
		       : 0;
}

static const char *conversion_simulate(
	const double *arg, struct stream *s, double *ret_stat)
{
	double a = arg[CONVERSION_A], sum = a + arg[CONVERSION_B];
	size_t n = (size_t)arg[CONVERSION_POINTS];

	if (!(a >= 0 && sum > 0)) {
		return "the rates are not positive";
	}
	for (size_t i = 0; i < n; i++) {
		double t = arg[CONVERSION_END] * (double)i / (double)(n - 1);
		ret_stat[i] = a / sum * -expm1(-sum * t);
		if (arg[CONVERSION_NOISE] > 0) {
			ret_stat[i] += arg[CONVERSION_NOISE] * stream_normal(s);
		}
	}
	return NULL;
}

const struct builtin builtins[] = {
	{"normal", "one draw from N(mu, sd)", {{"mu", true, 0}, {"sd", false, 1}}, {"x"},
		one_stat, normal_simulate},
	{"normal_mean", "mean of n draws from N(mu, sigma)",
		{{"mu", true, 0}, {"sigma", false, 1}, {"n", true, 0}}, {"mean"},
		mean_stats, mean_simulate},
	{"normal_mean_sd",
		"mean and standard deviation (n - 1) of n draws from N(mu, sigma)",
		{{"mu", true, 0}, {"sigma", true, 0}, {"n", true, 0}}, {"mean", "sd"},
		mean_sd_stats, mean_sd_simulate},
	{"binomial", "successes of n trials", {{"p", true, 0}, {"n", true, 0}}, {"y"},
		binomial_stats, binomial_simulate},
	{"poisson", "one count", {{"lambda", true, 0}}, {"y"}, one_stat,
		poisson_simulate},
	{"geometric", "failures before the first success (0, 1, 2, ...)",
		{{"p", true, 0}}, {"y"}, one_stat, geometric_simulate},
	{"conversion",
		"reversible conversion: theta1 / s (1 - exp(-s t)), s = theta1 + theta2, at "
		"points times from 0 to end, with noise",
		{{"theta1", true, 0}, {"theta2", true, 0}, {"points", false, 11},
			{"end", false, 10}, {"noise", false, 0}},
		{NULL}, conversion_stats, conversion_simulate},
	{"lotka_volterra",
		"stochastic predators and prey (Gillespie): prey then predators at points "
		"times after 0 up to end",
		{{"birth", true, 0}, {"predation", true, 0}, {"death", true, 0},
			{"prey", false, 100}, {"predators", false, 50},
			{"points", false, 10}, {"end", false, 20}},
		{NULL}, lotka_stats, lotka_simulate},
};
const size_t builtin_count = CW_ARRAY_LEN(builtins);

const struct builtin *builtin_find(const char *name)
{
	for (size_t i = 0; i < builtin_count; i++) {
		if (strcmp(builtins[i].name, name) == 0) {
			return &builtins[i];
		}
	}
	return NULL;
}
