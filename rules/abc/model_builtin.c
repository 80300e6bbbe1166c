/* Simulators inside the program: arguments by name from parameters and constants. */
#include <math.h>

#include "abc/builtin.h"
#include "abc/model.h"
#include "base/edit_distance.h"
#include "base/xalloc.h"

/* Where each argument comes from, and where each statistic goes. */
struct plan {
	const struct builtin *builtin;
	size_t args;
	int64_t parameter[BUILTIN_MOST_ARGS]; /* index, or -1: the constant */
	double constant[BUILTIN_MOST_ARGS];
	size_t stats;
	size_t *to; /* place in the observed vector of the builtin's k-th statistic */
	double *scratch;
};

static int64_t find_parameter(const struct model_spec *spec, const char *name)
{
	for (size_t i = 0; i < spec->npar; i++) {
		if (strcmp(spec->par[i].name, name) == 0) {
			return (int64_t)i;
		}
	}
	return -1;
}

static const struct sim_constant *find_constant(
	const struct simulator_spec *sim, const char *name)
{
	for (size_t i = 0; i < sim->constants; i++) {
		if (strcmp(sim->constant[i].name, name) == 0) {
			return &sim->constant[i];
		}
	}
	return NULL;
}

static const struct builtin_arg *find_arg(const struct builtin *b, const char *name)
{
	for (size_t i = 0; i < BUILTIN_MOST_ARGS && b->arg[i].name; i++) {
		if (strcmp(b->arg[i].name, name) == 0) {
			return &b->arg[i];
		}
	}
	return NULL;
}

static void fill_args(struct plan *plan, const struct model_spec *spec)
{
	const struct builtin *b = plan->builtin;

	for (size_t i = 0; i < BUILTIN_MOST_ARGS && b->arg[i].name; i++) {
		const struct sim_constant *c = find_constant(&spec->sim, b->arg[i].name);

		plan->parameter[i] = find_parameter(spec, b->arg[i].name);
		plan->constant[i] = plan->parameter[i] >= 0 ? (double)NAN
				    : c                     ? c->value
							    : b->arg[i].normally;
		plan->args = i + 1;
	}
}

/* Name of the builtin's k-th statistic, or NULL where they have none. */
static const char *stat_name(const struct builtin *b, size_t k)
{
	return k < 2 ? b->stat[k] : NULL;
}

/* Statistics by name where both sides have names, else in order. False: no match. */
static bool place_stats(const struct plan *plan, const struct problem *p, size_t *to)
{
	bool named =
		plan->stats > 1 && plan->builtin->stat[0] && p->nstats == plan->stats;

	if (plan->stats != p->nstat) {
		return false;
	}
	for (size_t k = 0; k < plan->stats; k++) {
		to[k] = k;
		if (!named) {
			continue;
		}
		to[k] = p->nstat;
		for (size_t i = 0; i < p->nstats; i++) {
			if (strcmp(p->stat[i].name, stat_name(plan->builtin, k)) == 0) {
				to[k] = i;
			}
		}
		if (to[k] == p->nstat) {
			return false;
		}
	}
	return true;
}

static int check_constants(
	const struct model_spec *spec, const struct builtin *b, struct diag_sink *sink)
{
	int status = 0;

	for (size_t i = 0; i < spec->sim.constants; i++) {
		const struct sim_constant *c = &spec->sim.constant[i];
		struct nearest near;

		if (!find_arg(b, c->name)) {
			nearest_init(&near, sv_from(c->name));
			for (size_t k = 0; k < BUILTIN_MOST_ARGS && b->arg[k].name; k++) {
				nearest_offer(&near, sv_from(b->arg[k].name));
			}
			status = diag_error(sink, "CW-A020", c->span,
				"simulator \"%s\" has no argument \"%s\"%s" SV_FMT "%s",
				b->name, c->name, near.best.p ? "; did you mean \"" : "",
				SV_ARG(near.best), near.best.p ? "\"?" : "");
		} else if (isnan(c->value)) {
			status = diag_error(sink, "CW-A021", c->span,
				"argument \"%s\" must be a number", c->name);
		} else if (find_parameter(spec, c->name) >= 0) {
			status = diag_error(sink, "CW-A022", c->span,
				"\"%s\" is a parameter and a constant; leave one out",
				c->name);
		}
	}
	return status;
}

static int check_parameters(
	const struct model_spec *spec, const struct builtin *b, struct diag_sink *sink)
{
	int status = 0;

	for (size_t i = 0; i < spec->npar; i++) {
		if (!find_arg(b, spec->par[i].name)) {
			status = diag_error(sink, "CW-A023", spec->par[i].span,
				"simulator \"%s\" has no argument \"%s\"", b->name,
				spec->par[i].name);
		}
	}
	for (size_t k = 0; k < BUILTIN_MOST_ARGS && b->arg[k].name; k++) {
		if (b->arg[k].required && find_parameter(spec, b->arg[k].name) < 0 &&
			!find_constant(&spec->sim, b->arg[k].name)) {
			status = diag_error(sink, "CW-A024", spec->sim.span,
				"simulator \"%s\" needs \"%s\", as a parameter or beside "
				"\"builtin\"",
				b->name, b->arg[k].name);
		}
	}
	return status;
}

static int check_stats(struct plan *plan, const struct problem *p,
	const struct model_spec *spec, struct diag_sink *sink)
{
	size_t *to;
	bool fits;

	plan->stats = plan->builtin->stats(plan->constant);
	if (!plan->stats) {
		return diag_error(sink, "CW-A025", spec->sim.span,
			"the constants of simulator \"%s\" make no sense: counts are "
			"integers above 0, and numbers of points no parameters",
			plan->builtin->name);
	}
	to = xcalloc(plan->stats, sizeof(*to));
	fits = place_stats(plan, p, to);
	free(to);
	if (fits) {
		return 0;
	}
	if (plan->stats == p->nstat) {
		diag_error(sink, "CW-A026", spec->sim.span,
			"simulator \"%s\" gives other numbers than \"observed\" names",
			plan->builtin->name);
	} else {
		diag_error(sink, "CW-A026", spec->sim.span,
			"simulator \"%s\" gives %zu number%s, \"observed\" has %zu",
			plan->builtin->name, plan->stats, plan->stats == 1 ? "" : "s",
			p->nstat);
	}
	if (plan->builtin->stat[1]) {
		diag_note(sink, spec->sim.span, "they are called \"%s\" and \"%s\"",
			plan->builtin->stat[0], plan->builtin->stat[1]);
	}
	return -1;
}

int model_builtin_check(
	const struct problem *p, const struct model_spec *spec, struct diag_sink *sink)
{
	const struct builtin *b = builtin_find(spec->sim.what);
	struct plan plan = {.builtin = b};
	struct nearest near;
	int status;

	if (!b) {
		nearest_init(&near, sv_from(spec->sim.what));
		for (size_t i = 0; i < builtin_count; i++) {
			nearest_offer(&near, sv_from(builtins[i].name));
		}
		diag_error(sink, "CW-A027", spec->sim.span,
			"no simulator is called \"%s\"%s" SV_FMT "%s", spec->sim.what,
			near.best.p ? "; did you mean \"" : "", SV_ARG(near.best),
			near.best.p ? "\"?" : "");
		diag_note(sink, spec->sim.span, "\"cwabc simulators\" lists them");
		return -1;
	}
	status = check_constants(spec, b, sink);
	if (check_parameters(spec, b, sink)) {
		status = -1;
	}
	if (status) {
		return status;
	}
	fill_args(&plan, spec);
	return check_stats(&plan, p, spec, sink);
}

static int builtin_open(struct model *m, struct strbuf *err)
{
	struct plan *plan = xcalloc(1, sizeof(*plan));

	m->state = plan;
	plan->builtin = builtin_find(m->spec->sim.what);
	cw_assert(plan->builtin != NULL);
	fill_args(plan, m->spec);
	plan->stats = plan->builtin->stats(plan->constant);
	plan->to = xcalloc(plan->stats + 1, sizeof(*plan->to));
	plan->scratch = xcalloc(plan->stats + 1, sizeof(*plan->scratch));
	if (!place_stats(plan, m->problem, plan->to)) {
		return fail(err, "simulator \"%s\" does not fit the observed statistics",
			plan->builtin->name);
	}
	return 0;
}

static int builtin_run(struct model *m, const struct sim_context *ctx,
	struct sim_job **job, size_t n, struct strbuf *err)
{
	struct plan *plan = m->state;

	(void)err;
	for (size_t i = 0; i < n; i++) {
		double arg[BUILTIN_MOST_ARGS];
		struct stream s;
		const char *fault;

		for (size_t k = 0; k < plan->args; k++) {
			arg[k] = plan->parameter[k] >= 0
					 ? job[i]->theta[plan->parameter[k]]
					 : plan->constant[k];
		}
		stream_init(&s, ctx->seed, STREAM_MODEL, ctx->t, job[i]->id);
		fault = plan->builtin->simulate(arg, &s, plan->scratch);
		job[i]->status = fault ? SIM_FAILED : SIM_OK;
		if (fault) {
			snprintf(job[i]->message, sizeof(job[i]->message), "%s", fault);
			continue;
		}
		for (size_t k = 0; k < plan->stats; k++) {
			job[i]->stat[plan->to[k]] = plan->scratch[k];
		}
	}
	return 0;
}

static void builtin_close(struct model *m)
{
	struct plan *plan = m->state;

	if (plan) {
		free(plan->to);
		free(plan->scratch);
		free(plan);
	}
}

const struct model_ops model_builtin_ops = {
	.name = "builtin",
	.open = builtin_open,
	.run = builtin_run,
	.close = builtin_close,
};

void model_builtin_list(FILE *to)
{
	for (size_t i = 0; i < builtin_count; i++) {
		const struct builtin *b = &builtins[i];

		fprintf(to, "%s: %s\n    arguments:", b->name, b->what);
		for (size_t k = 0; k < BUILTIN_MOST_ARGS && b->arg[k].name; k++) {
			fprintf(to, "%s %s", k ? "," : "", b->arg[k].name);
			if (!b->arg[k].required) {
				fprintf(to, " (%g)", b->arg[k].normally);
			}
		}
		if (b->stat[0]) {
			fprintf(to, "\n    gives: %s%s%s", b->stat[0],
				b->stat[1] ? ", " : "", b->stat[1] ? b->stat[1] : "");
		}
		fputc('\n', to);
	}
}
