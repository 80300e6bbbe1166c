/* Distance, acceptor, thresholds, kernels and stop criteria of a problem. */
#include <math.h>

#include "abc/problem_read.h"
#include "base/number.h"

static const char *const scale_names[] = {
	"none", "mad", "sd", "rmsd", "cmad", "percentile", NULL};

void read_distance(struct reader *r, const struct yaml_tree_node *node)
{
	static const char *const keys[] = {
		"pnorm", "weights", "adaptive", "scale", "max_ratio", NULL};
	struct distance_spec *d = &r->p->distance;
	const struct yaml_tree_node *adaptive, *scale;

	d->p = 2;
	if (!node) {
		d->weight = read_per_stat(r, NULL, "weights", 0, 1);
		return;
	}
	if (read_keys(r, node, "distance", keys) && node->kind != YAML_MAPPING) {
		return;
	}
	read_number_key(r, node, "pnorm", 1, HUGE_VAL, &d->p);
	d->weight = read_per_stat(r, read_get(node, "weights"), "weights", 0, 1);
	read_number_key(r, node, "max_ratio", 1, HUGE_VAL, &d->max_ratio);
	adaptive = read_get(node, "adaptive");
	scale = read_get(node, "scale");
	if (adaptive && scale) {
		read_fault(r, scale->span, "CW-A040",
			"give \"adaptive\" (scales before each generation) or \"scale\" (once, "
			"from the calibration sample), not both");
	} else if (adaptive || scale) {
		int kind =
			read_word(r, adaptive ? adaptive : scale, "scale", scale_names);
		d->scale = kind > 0 ? (enum scale_kind)kind : SCALE_NONE;
		d->adaptive = adaptive && kind > 0;
	}
}

void read_acceptor(struct reader *r, const struct yaml_tree_node *node)
{
	static const char *const keys[] = {"stochastic", NULL};
	static const char *const noises[] = {"normal", "laplace", "poisson", NULL};
	struct acceptor_spec *a = &r->p->acceptor;
	const struct yaml_tree_node *spec;

	if (!node || (node->kind == YAML_SCALAR && sv_eq_str(node->text, "uniform"))) {
		return;
	}
	if (read_keys(r, node, "acceptor", keys)) {
		return;
	}
	spec = read_get(node, "stochastic");
	if (!spec || spec->kind != YAML_MAPPING || spec->count != 1) {
		read_fault(r, node->span, "CW-A041",
			"stochastic needs the law of the noise: {normal: 0.1}, {laplace: 0.1} "
			"or {poisson: true}");
		return;
	}
	int kind = read_word(r, spec->pairs[0].key, "noise", noises);
	if (kind < 0) {
		return;
	}
	a->kind = ACCEPT_STOCHASTIC;
	a->noise = (enum noise_kind)kind;
	a->scale = a->noise == NOISE_POISSON ? read_per_stat(r, NULL, "noise", 0, 1)
					     : read_per_stat(r, spec->pairs[0].value,
						       "the noise's scale", 5e-324, 1);
}

static void check_falling(struct reader *r, const struct yaml_tree_node *node)
{
	struct epsilon_spec *e = &r->p->epsilon;

	for (size_t i = 0; i < e->count; i++) {
		if (isnan(e->list[i]) || e->list[i] < 0) {
			read_fault(r, node->span, "CW-A042",
				"thresholds must be at least 0");
			return;
		}
		if (i > 0 && !(e->list[i] < e->list[i - 1])) {
			read_fault(r,
				node->kind == YAML_SEQUENCE ? node->items[i]->span
							    : node->span,
				"CW-A042",
				"thresholds must fall: %g does not lie below %g",
				e->list[i], e->list[i - 1]);
			return;
		}
	}
}

static void read_epsilon_list(struct reader *r, const struct yaml_tree_node *node)
{
	struct epsilon_spec *e = &r->p->epsilon;

	e->kind = EPS_LIST;
	e->list = read_numbers(r, node, "epsilon", &e->count);
	if (e->list) {
		check_falling(r, node);
	}
}

static void read_quantile(struct reader *r, const struct yaml_tree_node *node)
{
	static const char *const keys[] = {
		"quantile", "start", "multiplier", "weighted", NULL};
	const struct yaml_tree_node *x;
	struct epsilon_spec *e = &r->p->epsilon;

	read_keys(r, node, "epsilon", keys);
	e->kind = EPS_QUANTILE;
	read_number_key(r, node, "quantile", 1e-6, 1, &e->quantile);
	read_number_key(r, node, "multiplier", 1e-6, 1, &e->multiplier);
	x = read_get(node, "weighted");
	if (x) {
		read_bool(r, x, "weighted", &e->weighted);
	}
	x = read_get(node, "start");
	if (x && !(x->kind == YAML_SCALAR && sv_eq_str(x->text, "auto"))) {
		read_number_key(r, node, "start", 0, HUGE_VAL, &e->start);
	}
}

/* {list: [...], percentile: 10}, as PMC has it. */
static void read_percentile(struct reader *r, const struct yaml_tree_node *node)
{
	static const char *const keys[] = {"list", "percentile", NULL};
	const struct yaml_tree_node *list = read_get(node, "list");
	struct epsilon_spec *e = &r->p->epsilon;

	read_keys(r, node, "epsilon", keys);
	if (!list) {
		read_fault(r, node->span, "CW-A043",
			"percentile needs \"list\": the thresholds that it may not fall below");
		return;
	}
	read_epsilon_list(r, list);
	read_number_key(r, node, "percentile", 0, 100, &e->percentile);
}

static void read_temperature(struct reader *r, const struct yaml_tree_node *node)
{
	static const char *const keys[] = {
		"target", "generations", "ratio", "start", NULL};
	struct epsilon_spec *e = &r->p->epsilon;
	uint64_t generations = 0;

	e->kind = EPS_TEMPERATURE;
	if (node->kind == YAML_SCALAR && sv_eq_str(node->text, "auto")) {
		return;
	}
	if (read_keys(r, node, "temperature", keys) && node->kind != YAML_MAPPING) {
		return;
	}
	read_number_key(r, node, "target", 0.001, 0.999, &e->target);
	read_number_key(r, node, "ratio", 0.001, 0.999, &e->ratio);
	read_number_key(r, node, "start", 1, HUGE_VAL, &e->start);
	read_count_key(r, node, "generations", 1, &generations);
	e->generations = (size_t)generations;
}

void read_epsilon(struct reader *r, const struct yaml_tree_node *root)
{
	const struct yaml_tree_node *node = read_get(root, "epsilon");
	struct epsilon_spec *e = &r->p->epsilon;
	const struct yaml_tree_node *x;

	e->start = e->percentile = (double)NAN;
	e->multiplier = 1;
	e->quantile = 0.5;
	e->weighted = true;
	e->target = 0.3;
	e->ratio = 0.5;
	if (!node) {
		if (r->p->acceptor.kind == ACCEPT_STOCHASTIC) {
			e->kind = EPS_TEMPERATURE;
		} else if (!r->p->budget) {
			read_fault(r, (struct span){root->span.source, 0, 0}, "CW-A044",
				"\"epsilon\" is missing: thresholds as [4, 2, 1], or {quantile: "
				"0.5}");
		}
		return;
	}
	e->span = node->span;
	if (node->kind != YAML_MAPPING) {
		read_epsilon_list(r, node);
	} else if (read_get(node, "quantile")) {
		read_quantile(r, node);
	} else if (read_get(node, "percentile") || read_get(node, "list")) {
		read_percentile(r, node);
	} else if ((x = read_get(node, "temperature"))) {
		read_temperature(r, x);
	} else if ((x = read_get(node, "constant"))) {
		read_epsilon_list(r, x);
		e->kind = EPS_CONSTANT;
	} else {
		read_fault(r, node->span, "CW-A044",
			"epsilon is a list of thresholds, {quantile: 0.5}, {constant: 1}, "
			"{list: [...], percentile: 10} or {temperature: auto}");
	}
	if ((e->kind == EPS_TEMPERATURE) != (r->p->acceptor.kind == ACCEPT_STOCHASTIC)) {
		read_fault(r, node->span, "CW-A045",
			"temperatures and the stochastic acceptor need each other");
	}
}

static void read_mvn(struct reader *r, const struct yaml_tree_node *node)
{
	static const char *const words[] = {"silverman", "scott", "2cov", NULL};
	struct kernel_spec *k = &r->p->kernel;
	double x;
	int word;

	if (node->kind == YAML_SCALAR && parse_double(node->text, &x) == 0) {
		k->bandwidth = BANDWIDTH_FACTOR;
		k->factor = x;
		if (!(x > 0)) {
			read_fault(r, node->span, "CW-A046",
				"the factor on the covariance must be positive");
		}
		return;
	}
	word = read_word(r, node, "bandwidth", words);
	k->bandwidth = word == 1   ? BANDWIDTH_SCOTT
		       : word == 2 ? BANDWIDTH_FACTOR
				   : BANDWIDTH_SILVERMAN;
	k->factor = 2;
}

void read_transition(struct reader *r, const struct yaml_tree_node *node)
{
	static const char *const keys[] = {
		"mvn", "local", "scaling", "discrete", "stay", NULL};
	static const char *const local_keys[] = {"k_fraction", "scaling", NULL};
	static const char *const discrete[] = {"jump", "walk", NULL};
	struct kernel_spec *k = &r->p->kernel;
	const struct yaml_tree_node *x;

	k->scaling = 1;
	k->factor = 2;
	k->k_fraction = 0.25;
	k->stay = 0.7;
	if (r->p->algorithm == ALGORITHM_PMC) {
		k->bandwidth = BANDWIDTH_FACTOR;
	}
	if (!node ||
		(read_keys(r, node, "transition", keys) && node->kind != YAML_MAPPING)) {
		return;
	}
	if (read_get(node, "mvn") && read_get(node, "local")) {
		read_fault(
			r, node->span, "CW-A047", "give \"mvn\" or \"local\", not both");
	}
	if ((x = read_get(node, "mvn"))) {
		read_mvn(r, x);
	}
	read_number_key(r, node, "scaling", 1e-6, 1e6, &k->scaling);
	if ((x = read_get(node, "local"))) {
		k->kind = KERNEL_LOCAL;
		if (x->kind == YAML_MAPPING &&
			read_keys(r, x, "local", local_keys) == 0) {
			read_number_key(r, x, "k_fraction", 1e-6, 1, &k->k_fraction);
			read_number_key(r, x, "scaling", 1e-6, 1e6, &k->scaling);
		} else if (x->kind != YAML_MAPPING && !sv_eq_str(x->text, "true")) {
			read_fault(r, x->span, "CW-A047",
				"local must be a mapping, as {k_fraction: 0.25}");
		}
	}
	if ((x = read_get(node, "discrete"))) {
		k->discrete = read_word(r, x, "discrete kernel", discrete) == 1
				      ? DISCRETE_WALK
				      : DISCRETE_JUMP;
	}
	read_number_key(r, node, "stay", 0, 1, &k->stay);
}

void read_stop(struct reader *r, const struct yaml_tree_node *node)
{
	static const char *const keys[] = {"min_epsilon", "min_epsilon_diff",
		"max_generations", "min_acceptance", "max_evaluations", "max_walltime",
		"single_model", NULL};
	struct stop_spec *s = &r->p->stop;
	const struct yaml_tree_node *x;
	double seconds;

	s->min_epsilon = (double)NAN;
	s->max_generations = s->max_evaluations = UINT64_MAX;
	if (!node || (read_keys(r, node, "stop", keys) && node->kind != YAML_MAPPING)) {
		return;
	}
	read_number_key(r, node, "min_epsilon", 0, HUGE_VAL, &s->min_epsilon);
	read_number_key(r, node, "min_epsilon_diff", 0, HUGE_VAL, &s->min_epsilon_diff);
	read_number_key(r, node, "min_acceptance", 0, 1, &s->min_acceptance);
	read_count_key(r, node, "max_generations", 1, &s->max_generations);
	read_count_key(r, node, "max_evaluations", 1, &s->max_evaluations);
	x = read_get(node, "max_walltime");
	if (x && read_duration(r, x, "max_walltime", &seconds) == 0) {
		s->max_walltime = seconds;
	}
	x = read_get(node, "single_model");
	if (x) {
		read_bool(r, x, "single_model", &s->single_model);
	}
}
