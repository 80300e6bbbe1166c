/* cwabc show: a run as tables, JSON or CSV. */
#include <math.h>
#include <unistd.h>

#include "abc/abc_cli.h"
#include "abc/abc_view.h"
#include "abc/credible.h"
#include "base/json_writer.h"
#include "base/xalloc.h"

/* Columns of the CSV: every parameter name once, in the order of the models. */
struct columns {
	const char **name;
	size_t n;
};

static void collect_columns(const struct problem *p, struct columns *c)
{
	*c = (struct columns){.name = xcalloc(p->nmodels * p->npar + 1, sizeof(char *))};
	for (size_t m = 0; m < p->nmodels; m++) {
		for (size_t i = 0; i < p->model[m].npar; i++) {
			const char *name = p->model[m].par[i].name;
			bool known = false;
			for (size_t k = 0; k < c->n && !known; k++) {
				known = strcmp(c->name[k], name) == 0;
			}
			if (!known) {
				c->name[c->n++] = name;
			}
		}
	}
}

static void csv_row(const struct problem *p, const struct population *q, size_t i,
	const struct columns *c, bool stats)
{
	const struct model_spec *m = &p->model[q->model[i]];
	double p_model = q->p_model[q->model[i]];

	printf("%lld,%llu,%s,%.17g,%.17g,%.17g", (long long)q->t,
		(unsigned long long)q->id[i], m->name, p_model, q->w[i] / p_model,
		q->distance[i]);
	for (size_t k = 0; k < c->n; k++) {
		putchar(',');
		for (size_t a = 0; a < m->npar; a++) {
			if (strcmp(c->name[k], m->par[a].name) == 0) {
				printf("%.17g", population_theta(q, i)[a]);
			}
		}
	}
	for (size_t k = 0; stats && k < p->nstat; k++) {
		printf(",%.17g", population_stat(q, i)[k]);
	}
	putchar('\n');
}

static void show_csv(const struct archive *a, bool stats)
{
	const struct problem *p = a->problem;
	struct columns c;

	collect_columns(p, &c);
	fputs("t,id,model,p_model,w,distance", stdout);
	for (size_t k = 0; k < c.n; k++) {
		printf(",%s", c.name[k]);
	}
	for (size_t s = 0; stats && s < p->nstats; s++) {
		for (size_t k = 0; k < p->stat[s].len; k++) {
			printf(p->stat[s].scalar ? ",%s" : ",%s[%zu]", p->stat[s].name,
				k);
		}
	}
	putchar('\n');
	for (size_t g = 0; g < a->gen.n; g++) {
		const struct population *q = &a->gen.v[g].pop;
		for (size_t i = 0; i < q->n && q->t >= 0; i++) {
			csv_row(p, q, i, &c, stats);
		}
	}
	free(c.name);
}

static void json_parameters(struct json_writer *j, const struct problem *p,
	const struct population *q, size_t m)
{
	json_key(j, "parameters");
	json_object(j);
	for (size_t i = 0; i < p->model[m].npar; i++) {
		struct credible c;

		if (!credible_of(q, m, i, &c)) {
			continue;
		}
		json_key(j, p->model[m].par[i].name);
		json_object(j);
		json_key_double(j, "mean", c.mean);
		json_key_double(j, "sd", c.sd);
		json_key_double(j, "q025", c.q025);
		json_key_double(j, "q25", c.q25);
		json_key_double(j, "q50", c.q50);
		json_key_double(j, "q75", c.q75);
		json_key_double(j, "q975", c.q975);
		json_end(j);
	}
	json_end(j);
}

static void json_generation(struct json_writer *j, const struct problem *p,
	const struct generation *g, const double *share)
{
	const struct population *q = &g->pop;

	json_object(j);
	json_key_int(j, "t", q->t);
	json_key_double(j, "epsilon", q->epsilon);
	json_key_int(j, "particles", (int64_t)q->n);
	json_key_int(j, "evaluations", (int64_t)q->n_sim);
	json_key_int(j, "evaluations_started", (int64_t)q->n_started);
	json_key_int(j, "evaluations_total", (int64_t)g->evaluations);
	json_key_int(j, "failed", (int64_t)q->n_failed);
	json_key_int(j, "timed_out", (int64_t)q->n_timed_out);
	json_key_double(j, "acceptance", population_acceptance(q));
	json_key_double(j, "ess", population_ess(q));
	json_key_double(j, "seconds", q->seconds);
	json_key(j, "models");
	json_object(j);
	for (size_t m = 0; m < p->nmodels; m++) {
		json_key(j, p->model[m].name);
		json_object(j);
		json_key_double(j, "prior", share[m]);
		json_key_double(j, "probability", q->p_model[m]);
		json_parameters(j, p, q, m);
		json_end(j);
	}
	json_end(j);
	json_end(j);
}

static void show_json(const struct archive *a, const double *share)
{
	struct strbuf out = STRBUF_INIT;
	struct json_writer j;

	json_init(&j, &out);
	json_object(&j);
	json_key(&j, "seed");
	json_uint(&j, a->problem->seed);
	json_key_string(&j, "scheduling", a->tickets ? SV("static") : SV("dynamic"));
	if (a->stop_reason) {
		json_key_string(&j, "stop_reason", sv_from(a->stop_reason));
	}
	json_key(&j, "generations");
	json_array(&j);
	for (size_t g = 0; g < a->gen.n; g++) {
		if (a->gen.v[g].pop.t >= 0) {
			json_generation(&j, a->problem, &a->gen.v[g], share);
		}
	}
	json_end(&j);
	json_end(&j);
	fwrite(out.buf, 1, out.len, stdout);
	putchar('\n');
	strbuf_release(&out);
}

static void table_generations(const struct archive *a)
{
	const struct problem *p = a->problem;
	uint64_t failed = 0, timed_out = 0;

	printf("%4s %12s %10s %12s %11s %9s %9s\n", "t",
		p->acceptor.kind == ACCEPT_STOCHASTIC ? "temperature" : "epsilon",
		"particles", "evaluations", "acceptance", "ESS", "seconds");
	for (size_t g = 0; g < a->gen.n; g++) {
		const struct population *q = &a->gen.v[g].pop;

		failed += q->n_failed;
		timed_out += q->n_timed_out;
		if (q->t < 0) {
			printf("%4s %12s %10s %12llu\n", "cal.", "", "",
				(unsigned long long)q->n_sim);
			continue;
		}
		printf("%4lld %12.6g %10zu %12llu %10.3g%% %9.1f %9.2f\n",
			(long long)q->t, q->epsilon, q->n, (unsigned long long)q->n_sim,
			100 * population_acceptance(q), population_ess(q), q->seconds);
	}
	if (failed) {
		printf("\n%llu evaluation%s failed and %s rejected",
			(unsigned long long)failed, failed == 1 ? "" : "s",
			failed == 1 ? "was" : "were");
		if (timed_out) {
			printf(", %llu of them because they took too long (on_timeout: reject)",
				(unsigned long long)timed_out);
		}
		putchar('\n');
	}
}

/* Of the first column: the names of models and of parameters, which stand farther in
 * below their models. */
static int name_width(const struct problem *p)
{
	size_t inner = p->nmodels > 1 ? 2 : 0, width = 20;

	for (size_t m = 0; m < p->nmodels; m++) {
		width = strlen(p->model[m].name) > width ? strlen(p->model[m].name)
							 : width;
		for (size_t i = 0; i < p->model[m].npar; i++) {
			size_t n = inner + strlen(p->model[m].par[i].name);
			width = n > width ? n : width;
		}
	}
	return (int)width;
}

static void table_models(const struct archive *a, const double *share)
{
	const struct problem *p = a->problem;
	const struct population *q = &archive_last(a)->pop;
	int width = name_width(p);

	printf("\nModels at t = %lld\n%-*s %9s %12s\n", (long long)q->t, width, "",
		"prior", "probability");
	for (size_t m = 0; m < p->nmodels; m++) {
		printf("%-*s %9.4f %12.4f%s\n", width, p->model[m].name, share[m],
			q->p_model[m], q->p_model[m] > 0 ? "" : "   extinct");
	}
}

static void table_parameters(const struct archive *a)
{
	const struct problem *p = a->problem;
	const struct population *q = &archive_last(a)->pop;
	int width = name_width(p);

	printf("\nParameters at t = %lld\n%-*s %11s %11s %11s %11s %11s\n",
		(long long)q->t, width, "", "mean", "sd", "2.5%", "median", "97.5%");
	for (size_t m = 0; m < p->nmodels; m++) {
		if (p->nmodels > 1 && q->p_model[m] > 0) {
			printf("%s\n", p->model[m].name);
		}
		for (size_t i = 0; i < p->model[m].npar; i++) {
			struct credible c;
			if (credible_of(q, m, i, &c)) {
				printf("%s%-*s %11.6g %11.6g %11.6g %11.6g %11.6g\n",
					p->nmodels > 1 ? "  " : "",
					p->nmodels > 1 ? width - 2 : width,
					p->model[m].par[i].name, c.mean, c.sd, c.q025,
					c.q50, c.q975);
			}
		}
	}
}

enum abc_exit abc_show(const struct abc_options *o)
{
	struct view v;
	double *share;

	if (view_open(&v, o->operand[0])) {
		view_release(&v);
		return ABC_FAILED;
	}
	share = xcalloc(v.problem.nmodels, sizeof(*share));
	if (o->csv) {
		show_csv(&v.archive, o->stats);
	} else if (o->json) {
		problem_prior_shares(&v.problem, share);
		show_json(&v.archive, share);
	} else {
		problem_prior_shares(&v.problem, share);
		table_generations(&v.archive);
		if (archive_last(&v.archive)) {
			if (v.problem.nmodels > 1 || v.problem.has_constraints) {
				table_models(&v.archive, share);
			}
			table_parameters(&v.archive);
		}
		if (v.archive.stop_reason) {
			printf("\nThe run ended: %s.\n", v.archive.stop_reason);
		} else if (v.unfinished) {
			printf("\nThe run is not finished.\n");
		}
	}
	free(share);
	view_release(&v);
	return ABC_OK;
}
