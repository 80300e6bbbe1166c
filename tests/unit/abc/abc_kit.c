#include "abc_kit.h"

#include <math.h>

const char kit_normal[] = "seed: 1\n"
			  "models:\n"
			  "  m:\n"
			  "    simulator: {builtin: normal, sd: 0.5}\n"
			  "    parameters: {mu: {uniform: [0, 5]}}\n"
			  "observed: {x: 2.5}\n"
			  "epsilon: [1, 0.5]\n"
			  "population: 100\n";

void close_at(
	double a, double b, double rel, const char *what, const char *file, int line)
{
	if (a == b || fabs(a - b) <= rel * fabs(b)) {
		return;
	}
	print_error("%s is %.17g, not %.17g\n", what, a, b);
	_fail(file, line);
}

int kit_load(struct kit *k, const char *yaml)
{
	int status;

	*k = (struct kit){0};
	strbuf_init(&k->messages);
	source_set_init(&k->sources);
	diag_sink_init(&k->sink, &k->sources);
	status = problem_load_text(
		&k->problem, "p.yaml", ".", sv_from(yaml), NULL, &k->sink);
	diag_format(&k->sink, &k->messages, false);
	return status;
}

void kit_release(struct kit *k)
{
	problem_release(&k->problem);
	diag_sink_release(&k->sink);
	source_set_release(&k->sources);
	strbuf_release(&k->messages);
}
