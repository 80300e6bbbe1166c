#include "abc/problem.h"

#include <math.h>

#include "abc/problem_fingerprint.h"
#include "abc_kit.h"

/* One line of kit_normal replaced by `line`, or with it appended. */
static void edited(struct strbuf *out, const char *key, const char *line)
{
	const char *at = strstr(kit_normal, key);

	strbuf_reset(out);
	if (!at) {
		strbuf_addf(out, "%s%s\n", kit_normal, line);
		return;
	}
	strbuf_add(out, kit_normal, (size_t)(at - kit_normal));
	strbuf_addf(out, "%s\n%s", line, strchr(at, '\n') + 1);
}

static void expect(const char *key, const char *line, const char *message)
{
	struct strbuf text = STRBUF_INIT;
	struct kit k;

	edited(&text, key, line);
	assert_int_equal(kit_load(&k, text.buf), -1);
	if (!strstr(k.messages.buf, message)) {
		print_error("wanted: %s\ngot: %s\n", message, k.messages.buf);
		fail();
	}
	kit_release(&k);
	strbuf_release(&text);
}

static void test_reads(void **state)
{
	struct kit k;
	(void)state;

	assert_int_equal(kit_load(&k, kit_normal), 0);
	assert_true(k.problem.seed == 1);
	assert_string_equal(k.problem.model[0].par[0].name, "mu");
	assert_true(k.problem.observed[0] == 2.5);
	assert_int_equal(k.problem.epsilon.count, 2);
	assert_true(k.problem.distance.p == 2);
	assert_int_equal(problem_population(&k.problem, 7), 100);
	assert_false(problem_needs_calibration(&k.problem));
	kit_release(&k);
}

static void test_messages(void **state)
{
	(void)state;
	expect("seed", "", "\"seed\" is missing");
	expect("seed", "seed: -1", "p.yaml:1:7: error: seed must be an integer");
	expect("seed", "seed: 99999999999999999999", "from 0 to 18446744073709551615");
	expect("population", "populaton: 3", "did you mean \"population\"?");
	expect("population", "population: 0.5",
		"population must be an integer of at least 1");
	expect("epsilon", "epsilon: [1, 2]",
		"p.yaml:7:14: error: thresholds must fall: 2 does not lie below 1");
	expect("epsilon", "epsilon: {quantile: 0.5}", "nothing ends this run");
	expect("epsilon", "epsilon: {temperature: auto}", "need each other");
	expect("observed", "observed: {x: 2.5, y: 1}",
		"simulator \"normal\" gives 1 number, \"observed\" has 2");
	expect("    simulator", "    simulator: {builtin: norml}",
		"no simulator is called \"norml\"; did you mean \"normal\"?");
	expect("    simulator", "    simulator: {builtin: normal, std: 1}",
		"has no argument \"std\"");
	expect("    simulator", "    simulator: {builtin: normal, command: [x]}",
		"a simulator is one of");
	expect("    simulator", "    simulator: {oneshot: \"sim {nu}\"}",
		"{nu} is no parameter of the model");
	expect("    parameters", "    parameters: {mu: {unifrm: [0, 1]}}",
		"p.yaml:5:23: error: \"unifrm\" is no prior; did you mean \"uniform\"?");
	expect("    parameters", "    parameters: {mu: {uniform: [5, 1]}}",
		"the upper bound must lie above the lower");
	expect("    parameters", "    parameters: {mu: {uniform: [5]}}",
		"uniform takes two numbers: [low, high]");
	expect("    parameters", "    parameters: {2mu: {uniform: [0, 5]}}",
		"letters, digits and \"_\" only");
	expect("    parameters",
		"    parameters: {mu: {uniform: [0, 5]}}\n    constraints: [\"mu < nu\"]",
		"p.yaml:6:25: error: no such parameter");
	expect("none", "transition: {mvn: silvermann}", "did you mean \"silverman\"?");
	expect("none", "distance: {adaptive: mad, scale: sd}", "not both");
	expect("none", "stop: {max_walltime: soon}", "must be a time above 0");
	expect("none", "seed: 2", "seed");
}

static void test_constraints_and_shares(void **state)
{
	static const char yaml[] =
		"seed: 1\n"
		"models:\n"
		"  a:\n"
		"    simulator: {command: [none]}\n"
		"    parameters: {x: {uniform: [0, 1]}, y: {uniform: [0, 1]}}\n"
		"    constraints: x < y\n"
		"  b:\n"
		"    simulator: {command: [none]}\n"
		"    parameters: {z: {uniform: [0, 1]}}\n"
		"observed: [1, 2]\n"
		"epsilon: [1]\n"
		"population: [10, 20]\n";
	const double good[] = {0.2, 0.5}, bad[] = {0.5, 0.2};
	double share[2];
	struct kit k;
	(void)state;

	assert_int_equal(kit_load(&k, yaml), 0);
	assert_true(model_log_prior(&k.problem.model[0], good) == 0);
	assert_true(model_log_prior(&k.problem.model[0], bad) == -HUGE_VAL);
	problem_prior_shares(&k.problem, share);
	assert_close(share[0], 1.0 / 3, 0.02); /* half of a's draws are violated */
	assert_close(share[0] + share[1], 1, 1e-9);
	assert_int_equal(problem_population(&k.problem, 0), 10);
	assert_int_equal(problem_population(&k.problem, 5), 20);
	kit_release(&k);
}

static void digest(
	const char *key, const char *line, int64_t t, char ret[FINGERPRINT_SIZE])
{
	struct strbuf text = STRBUF_INIT, err = STRBUF_INIT;
	struct fingerprint f;
	struct kit k;

	edited(&text, key, line);
	assert_int_equal(kit_load(&k, text.buf), 0);
	assert_int_equal(fingerprint_init(&f, &k.problem, false, &err), 0);
	fingerprint_of(&f, t, ret);
	fingerprint_release(&f);
	kit_release(&k);
	strbuf_release(&text);
	strbuf_release(&err);
}

/* Later thresholds and `stop` leave a generation as it is; everything else does not. */
static void test_fingerprints(void **state)
{
	char a[FINGERPRINT_SIZE], b[FINGERPRINT_SIZE];
	(void)state;

	digest("none", "", 0, a);
	digest("epsilon", "epsilon: [1, 0.25, 0.1]", 0, b);
	assert_string_equal(a, b);
	digest("none", "stop: {max_generations: 2}", 0, b);
	assert_string_equal(a, b);
	digest("epsilon", "epsilon: [2, 1]", 0, b);
	assert_string_not_equal(a, b);
	digest("seed", "seed: 2", 0, b);
	assert_string_not_equal(a, b);
	digest("observed", "observed: {x: 2.5000001}", 0, b);
	assert_string_not_equal(a, b);
	digest("population", "population: [100, 50]", 0, b);
	assert_string_equal(a, b);
	digest("none", "", 1, a);
	digest("population", "population: [100, 50]", 1, b);
	assert_string_not_equal(a, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_constraints_and_shares),
		cmocka_unit_test(test_fingerprints),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
