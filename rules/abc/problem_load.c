/* PROBLEM.yaml as a whole. */
#include <errno.h>
#include <math.h>

#include "abc/model.h"
#include "abc/problem_read.h"
#include "abc/wire.h"
#include "base/number.h"
#include "base/xalloc.h"
#include "sys/fs.h"
#include "sys/path.h"

static const char *const top_keys[] = {"seed", "algorithm", "models", "model_prior",
	"stay", "observed", "distance", "acceptor", "epsilon", "population",
	"calibration", "transition", "stop", "max_failures", "store", "pyabc_format",
	"reference", NULL};

static void read_seed(struct reader *r, const struct yaml_tree_node *root)
{
	const struct yaml_tree_node *node = read_get(root, "seed");
	uint64_t x = 0;

	if (!node) {
		read_fault(r, (struct span){root->span.source, 0, 0}, "CW-A050",
			"\"seed\" is missing: a run is a function of it, write for instance "
			"\"seed: 1\"");
		return;
	}
	if (node->kind != YAML_SCALAR || node->text.n == 0 || node->text.n > 20) {
		read_fault(r, node->span, "CW-A050",
			"seed must be an integer of at least 0");
		return;
	}
	for (size_t i = 0; i < node->text.n; i++) {
		unsigned digit = (unsigned)(node->text.p[i] - '0');
		if (digit > 9 || x > (UINT64_MAX - digit) / 10) {
			read_fault(r, node->span, "CW-A050",
				"seed must be an integer from 0 to 18446744073709551615");
			return;
		}
		x = x * 10 + digit;
	}
	r->p->seed = x;
}

/* rejection, smc, pmc, or {rejection: {budget: 100000, keep: 0.01}}. */
static void read_algorithm(struct reader *r, const struct yaml_tree_node *node)
{
	static const char *const names[] = {"rejection", "smc", "pmc", NULL};
	static const char *const keys[] = {"budget", "keep", NULL};
	struct problem *p = r->p;
	const struct yaml_tree_node *budget;
	int kind;

	p->algorithm = ALGORITHM_SMC;
	if (!node) {
		return;
	}
	if (node->kind == YAML_SCALAR) {
		kind = read_word(r, node, "algorithm", names);
		p->algorithm = kind >= 0 ? (enum algorithm)kind : ALGORITHM_SMC;
		return;
	}
	budget = node->kind == YAML_MAPPING && node->count == 1
			 ? read_get(node, "rejection")
			 : NULL;
	if (!budget || budget->kind != YAML_MAPPING) {
		read_fault(r, node->span, "CW-A051",
			"algorithm is rejection, smc, pmc or {rejection: {budget: 100000, keep: "
			"0.01}}");
		return;
	}
	p->algorithm = ALGORITHM_REJECTION;
	p->budget_share = 0.01;
	p->budget = 100000;
	read_keys(r, budget, "rejection", keys);
	read_count_key(r, budget, "budget", 1, &p->budget);
	read_number_key(r, budget, "keep", 1e-9, 1, &p->budget_share);
}

static void read_population(struct reader *r, const struct yaml_tree_node *root)
{
	const struct yaml_tree_node *node = read_get(root, "population");
	struct problem *p = r->p;
	bool list = node && node->kind == YAML_SEQUENCE;
	uint32_t n = list ? node->count : 1;

	p->population = ARENA_ARRAY(&p->arena, uint64_t, n + 1);
	p->populations = n ? n : 1;
	p->population[0] = 1;
	if (!node) {
		if (!p->budget) {
			read_fault(r, (struct span){root->span.source, 0, 0}, "CW-A052",
				"\"population\" is missing: the number of particles, for "
				"instance 1000");
		}
		return;
	}
	if (n == 0) {
		read_fault(r, node->span, "CW-A052", "population must not be empty");
	}
	for (uint32_t i = 0; i < n; i++) {
		read_count(r, list ? node->items[i] : node, "population", 1,
			&p->population[i]);
		if (p->population[i] > 100000000) {
			read_fault(r, node->span, "CW-A052",
				"population must be at most 100000000");
			p->population[i] = 1;
		}
	}
	p->calibration = p->population[0];
	read_count_key(r, root, "calibration", 1, &p->calibration);
}

/* A number in a generation, or a share of the evaluations: "20%". */
static void read_max_failures(struct reader *r, const struct yaml_tree_node *node)
{
	struct problem *p = r->p;
	double x;

	p->max_failed = UINT64_MAX;
	p->max_failed_share = 0.5;
	if (!node) {
		return;
	}
	if (node->kind == YAML_SCALAR && sv_ends(node->text, SV("%"))) {
		if (parse_double(sv_sub(node->text, 0, node->text.n - 1), &x) ||
			!(x >= 0) || x > 100) {
			read_fault(r, node->span, "CW-A053",
				"max_failures must lie between 0%% and 100%%");
		} else {
			p->max_failed_share = x / 100;
		}
		return;
	}
	p->max_failed_share = 1;
	read_count(r, node, "max_failures", 0, &p->max_failed);
}

/* True values of model 0's parameters, for plots. */
static void read_reference(struct reader *r, const struct yaml_tree_node *node)
{
	struct problem *p = r->p;
	const struct model_spec *m = &p->model[0];
	const char **known = ARENA_ARRAY(&p->arena, const char *, m->npar + 1);

	for (size_t i = 0; i < m->npar; i++) {
		known[i] = m->par[i].name;
	}
	if (read_keys(r, node, "reference", known)) {
		return;
	}
	p->reference = ARENA_ARRAY(&p->arena, double, m->npar + 1);
	for (size_t i = 0; i < m->npar; i++) {
		const struct yaml_tree_node *x = read_get(node, known[i]);
		p->reference[i] = (double)NAN;
		if (x) {
			read_number(r, x, known[i], &p->reference[i]);
		}
	}
}

static void check_simulator(struct reader *r, const struct model_spec *m)
{
	int status = 0;

	if (m->sim.kind == SIM_BUILTIN) {
		status = model_builtin_check(r->p, m, r->sink);
	} else if (m->sim.kind == SIM_ONESHOT) {
		status = model_oneshot_check(m, r->sink);
	}
	if (status) {
		r->status = -1;
	}
}

/* What only the whole shows. */
static void check_whole(struct reader *r, const struct yaml_tree_node *root)
{
	struct problem *p = r->p;
	const struct stop_spec *s = &p->stop;

	if (p->algorithm == ALGORITHM_REJECTION && !p->budget &&
		p->epsilon.kind == EPS_LIST && p->epsilon.count > 1) {
		read_fault(r, p->epsilon.span, "CW-A054",
			"rejection has one threshold; algorithm: smc takes a list");
	}
	if (p->epsilon.kind != EPS_LIST && !p->budget &&
		s->max_generations == UINT64_MAX && s->max_evaluations == UINT64_MAX &&
		isnan(s->min_epsilon) && s->min_acceptance <= 0 &&
		s->min_epsilon_diff <= 0 && p->epsilon.kind != EPS_TEMPERATURE &&
		p->algorithm != ALGORITHM_REJECTION) {
		read_fault(r, (struct span){root->span.source, 0, 0}, "CW-A055",
			"nothing ends this run: give \"stop\", for instance {max_generations: "
			"10}");
	}
	if (p->acceptor.kind == ACCEPT_STOCHASTIC && p->distance.scale != SCALE_NONE) {
		read_fault(r, (struct span){root->span.source, 0, 0}, "CW-A056",
			"the stochastic acceptor has no distance that could adapt");
	}
	for (size_t m = 0; m < p->nmodels && r->status == 0; m++) {
		check_simulator(r, &p->model[m]);
	}
}

static void read_root(struct reader *r, const struct yaml_tree_node *root)
{
	static const char *const stores[] = {"vector", "scalars", NULL};
	static const char *const formats[] = {"1", "2", NULL};
	const struct yaml_tree_node *node;
	struct problem *p = r->p;

	if (read_keys(r, root, "the problem", top_keys) && root->kind != YAML_MAPPING) {
		return;
	}
	read_seed(r, root);
	read_algorithm(r, read_get(root, "algorithm"));
	read_models(r, root);
	node = read_get(root, "observed");
	if (node) {
		read_observed(r, node);
	} else {
		read_fault(r, (struct span){root->span.source, 0, 0}, "CW-A057",
			"\"observed\" is missing: the observed statistics, {mean: 168.9, sd: "
			"13.3} or {file: obs.csv}");
	}
	if (!p->nstat || !p->nmodels) {
		return;
	}
	read_distance(r, read_get(root, "distance"));
	read_acceptor(r, read_get(root, "acceptor"));
	read_epsilon(r, root);
	read_population(r, root);
	read_transition(r, read_get(root, "transition"));
	p->kernel.model_stay = 0.7;
	read_number_key(r, root, "stay", 0, 1, &p->kernel.model_stay);
	read_stop(r, read_get(root, "stop"));
	read_max_failures(r, read_get(root, "max_failures"));
	node = read_get(root, "store");
	p->store_scalars = node && read_word(r, node, "store", stores) == 1;
	node = read_get(root, "pyabc_format");
	p->pyabc_format =
		node && read_word(r, node, "pyabc_format", formats) == 1 ? 2 : 1;
	node = read_get(root, "reference");
	if (node) {
		read_reference(r, node);
	}
	check_whole(r, root);
}

int problem_load_text(struct problem *p, const char *path, const char *dir,
	struct strview text, const char *observed, struct diag_sink *sink)
{
	struct reader r = {.p = p, .sink = sink, .observed = observed};
	struct yaml_tree_node *root = NULL;
	uint32_t source = source_add(sink->sources, path, text);

	*p = (struct problem){0};
	arena_init(&p->arena);
	p->path = arena_strdup(&p->arena, path);
	p->dir = arena_strdup(&p->arena, dir);
	p->text = arena_sv(&p->arena, text);
	if (yaml_parse(sink, &p->arena, source, &root)) {
		return -1;
	}
	if (!root) {
		return diag_error(sink, "CW-A000", (struct span){source, 0, 0},
			"the file is empty");
	}
	read_root(&r, root);
	return r.status;
}

int problem_load(struct problem *p, const char *path, struct diag_sink *sink)
{
	struct strbuf text = STRBUF_INIT;
	struct strview dir = path_dir(sv_from(path));
	char *folder = xmemdup0(dir.p, dir.n);
	int status;

	*p = (struct problem){0};
	if (fs_read_file(path, SIZE_MAX / 2, &text)) {
		status = diag_system(sink, "CW-A000", errno, path, "read");
	} else {
		status = problem_load_text(p, path, folder, strbuf_sv(&text), NULL, sink);
	}
	strbuf_release(&text);
	free(folder);
	return status;
}
