/* Models of a problem: parameters, priors, constraints. */
#include <math.h>

#include "abc/problem_read.h"

static const char *const prior_names[] = {"uniform", "normal", "lognormal", "exponential",
	"gamma", "beta", "randint", "discrete", "fixed", NULL};

/* A list of values, or {values, probabilities}, sorted. */
static int read_discrete(
	struct reader *r, const struct yaml_tree_node *node, struct prior *prior)
{
	static const char *const keys[] = {"values", "probabilities", NULL};
	const struct yaml_tree_node *values = node, *probs = NULL;
	size_t n, m;
	double *prob;

	if (node->kind == YAML_MAPPING) {
		if (read_keys(r, node, "discrete", keys)) {
			return -1;
		}
		values = read_get(node, "values");
		probs = read_get(node, "probabilities");
		if (!values) {
			return read_fault(r, node->span, "CW-A010",
				"discrete needs \"values\": a list of numbers");
		}
	}
	prior->value = read_numbers(r, values, "values", &n);
	if (!prior->value) {
		return -1;
	}
	prob = ARENA_ARRAY(&r->p->arena, double, n);
	for (size_t i = 0; i < n; i++) {
		prob[i] = 1;
	}
	if (probs) {
		prob = read_numbers(r, probs, "probabilities", &m);
		if (!prob || m != n) {
			return read_fault(r, probs->span, "CW-A010",
				"there must be as many probabilities as values");
		}
	}
	/* A few values: insertion keeps it plain. */
	for (size_t i = 1; i < n; i++) {
		for (size_t k = i; k > 0 && prior->value[k - 1] > prior->value[k]; k--) {
			double v = prior->value[k], w = prob[k];
			prior->value[k] = prior->value[k - 1];
			prob[k] = prob[k - 1];
			prior->value[k - 1] = v;
			prob[k - 1] = w;
		}
	}
	prior->prob = prob;
	prior->count = n;
	return 0;
}

/* [a, b] or {low: a, high: b}. */
static int read_prior_numbers(struct reader *r, const struct yaml_tree_node *node,
	const struct prior_form *form, double *v)
{
	size_t n = 0;
	double *list;

	if (node->kind == YAML_MAPPING) {
		const char *keys[] = {form->arg[0], form->arg[1], NULL};
		if (read_keys(r, node, form->name, keys)) {
			return -1;
		}
		for (size_t i = 0; i < form->numbers; i++) {
			const struct yaml_tree_node *x = read_get(node, form->arg[i]);
			if (!x) {
				return read_fault(r, node->span, "CW-A010",
					"%s needs \"%s\"", form->name, form->arg[i]);
			}
			if (read_number(r, x, form->arg[i], &v[i])) {
				return -1;
			}
		}
		return 0;
	}
	list = read_numbers(r, node, form->name, &n);
	if (!list) {
		return -1;
	}
	if (n != form->numbers) {
		return form->numbers == 2
			       ? read_fault(r, node->span, "CW-A010",
					 "%s takes two numbers: [%s, %s]", form->name,
					 form->arg[0], form->arg[1])
			       : read_fault(r, node->span, "CW-A010",
					 "%s takes one number: %s", form->name,
					 form->arg[0]);
	}
	memcpy(v, list, n * sizeof(*v));
	return 0;
}

static void read_prior(
	struct reader *r, const struct yaml_tree_node *node, struct prior *prior)
{
	const struct yaml_pair *pair = read_single(r, node, "a prior");
	const char *fault;
	double v[2] = {0, 0};
	int kind;

	if (!pair) {
		return;
	}
	kind = read_word(r, pair->key, "prior", prior_names);
	if (kind < 0) {
		return;
	}
	prior->kind = (enum prior_kind)kind;
	if (prior->kind == PRIOR_DISCRETE) {
		if (read_discrete(r, pair->value, prior)) {
			return;
		}
	} else if (read_prior_numbers(r, pair->value, &prior_forms[kind], v)) {
		return;
	}
	prior->a = v[0];
	prior->b = v[1];
	fault = prior_fault(prior);
	if (fault) {
		read_fault(r, pair->value->span, "CW-A011", "%s", fault);
	}
}

static void read_parameters(
	struct reader *r, const struct yaml_tree_node *node, struct model_spec *m)
{
	if (node->kind != YAML_MAPPING) {
		read_fault(r, node->span, "CW-A001",
			"parameters must be a mapping: name, then prior");
		return;
	}
	m->par = ARENA_ARRAY(&r->p->arena, struct parameter, node->count + 1);
	for (uint32_t i = 0; i < node->count; i++) {
		struct parameter *par = &m->par[m->npar];

		par->name = read_name(r, node->pairs[i].key, "a parameter's name");
		par->span = node->pairs[i].key->span;
		if (par->name) {
			m->npar++;
			read_prior(r, node->pairs[i].value, &par->prior);
		}
	}
}

static int64_t find_parameter(void *ctx, struct strview name)
{
	const struct model_spec *m = ctx;

	for (size_t i = 0; i < m->npar; i++) {
		if (sv_eq_str(name, m->par[i].name)) {
			return (int64_t)i;
		}
	}
	return -1;
}

static void read_constraint(
	struct reader *r, const struct yaml_tree_node *node, struct model_spec *m)
{
	const char *what;
	struct strview at;
	struct constraint *c = &m->constraint[m->nconstraint];

	if (node->kind != YAML_SCALAR) {
		read_fault(r, node->span, "CW-A012",
			"a constraint must be a text such as \"a + b <= 1\"");
		return;
	}
	if (constraint_compile(c, node->text, find_parameter, m, &what, &at)) {
		read_fault(r,
			yaml_span_in(r->sink->sources, node,
				(size_t)(at.p - node->text.p), at.n),
			"CW-A012", "%s", what);
		return;
	}
	m->constraint_text[m->nconstraint++] =
		arena_memdup0(&r->p->arena, node->text.p, node->text.n);
	r->p->has_constraints = true;
}

static void read_constraints(
	struct reader *r, const struct yaml_tree_node *node, struct model_spec *m)
{
	bool list = node->kind == YAML_SEQUENCE;
	uint32_t n = list ? node->count : 1;

	m->constraint = ARENA_ARRAY(&r->p->arena, struct constraint, n + 1);
	m->constraint_text = ARENA_ARRAY(&r->p->arena, const char *, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		read_constraint(r, list ? node->items[i] : node, m);
	}
}

static void read_model(
	struct reader *r, const struct yaml_pair *pair, struct model_spec *m)
{
	static const char *const keys[] = {
		"simulator", "parameters", "constraints", NULL};
	const struct yaml_tree_node *node = pair->value, *value;

	m->span = pair->key->span;
	m->name = read_name(r, pair->key, "a model's name");
	if (read_keys(r, node, "a model", keys) && node->kind != YAML_MAPPING) {
		return;
	}
	value = read_get(node, "simulator");
	if (value) {
		read_simulator(r, value, &m->sim);
	} else {
		read_fault(
			r, pair->key->span, "CW-A013", "the model needs a \"simulator\"");
	}
	value = read_get(node, "parameters");
	if (value) {
		read_parameters(r, value, m);
	} else {
		read_fault(
			r, pair->key->span, "CW-A013", "the model needs \"parameters\"");
	}
	value = read_get(node, "constraints");
	if (value) {
		read_constraints(r, value, m);
	}
}

/* Probabilities by model name; equal without. */
static void read_model_prior(struct reader *r, const struct yaml_tree_node *root)
{
	const struct yaml_tree_node *node = read_get(root, "model_prior"), *x;
	struct problem *p = r->p;
	double sum = 0;

	for (size_t m = 0; m < p->nmodels; m++) {
		p->model[m].prior = 1;
	}
	if (node) {
		const char **known = ARENA_ARRAY(&p->arena, const char *, p->nmodels + 1);
		for (size_t m = 0; m < p->nmodels; m++) {
			known[m] = p->model[m].name ? p->model[m].name : "";
		}
		if (read_keys(r, node, "model_prior", known)) {
			return;
		}
		for (size_t m = 0; m < p->nmodels; m++) {
			x = read_get(node, known[m]);
			if (!x) {
				read_fault(r, node->span, "CW-A014",
					"model_prior says nothing of model \"%s\"",
					known[m]);
			} else if (read_number(r, x, "a model's probability",
					   &p->model[m].prior) == 0 &&
				   (!(p->model[m].prior > 0) ||
					   isinf(p->model[m].prior))) {
				read_fault(r, x->span, "CW-A014",
					"a model's probability must be positive");
			}
		}
	}
	for (size_t m = 0; m < p->nmodels; m++) {
		sum += p->model[m].prior;
	}
	for (size_t m = 0; m < p->nmodels; m++) {
		p->model[m].prior /= sum;
	}
}

void read_models(struct reader *r, const struct yaml_tree_node *root)
{
	const struct yaml_tree_node *node = read_get(root, "models");
	struct problem *p = r->p;

	if (!node || node->kind != YAML_MAPPING || node->count == 0) {
		read_fault(r, node ? node->span : root->span, "CW-A013",
			"\"models\" is missing: a mapping of a model's name to its simulator "
			"and parameters");
		return;
	}
	p->model = ARENA_ARRAY(&p->arena, struct model_spec, node->count);
	p->nmodels = node->count;
	for (uint32_t i = 0; i < node->count; i++) {
		struct model_spec *m = &p->model[i];

		read_model(r, &node->pairs[i], m);
		p->npar = m->npar > p->npar ? m->npar : p->npar;
	}
	read_model_prior(r, root);
}
