#include "abc/model.h"

static const struct model_ops *ops_of(const struct simulator_spec *sim, bool team)
{
	switch (sim->kind) {
	case SIM_BUILTIN:
		break;
	case SIM_COMMAND:
		return &model_command_ops;
	case SIM_LIBRARY:
		return sim->timeout > 0 && !team ? &model_command_ops
						 : &model_library_ops;
	case SIM_ONESHOT:
		return &model_oneshot_ops;
	}
	return &model_builtin_ops;
}

int model_open(struct model *m, const struct problem *p, size_t index, bool team,
	struct strbuf *err)
{
	*m = (struct model){.ops = ops_of(&p->model[index].sim, team),
		.problem = p,
		.spec = &p->model[index]};
	return m->ops->open(m, err);
}

int model_run(struct model *m, const struct sim_context *ctx, struct sim_job **job,
	size_t n, struct strbuf *err)
{
	return n ? m->ops->run(m, ctx, job, n, err) : 0;
}

void model_close(struct model *m)
{
	if (m->ops) {
		m->ops->close(m);
	}
	*m = (struct model){0};
}

void model_describe_id(
	const struct model *m, uint64_t id, const double *theta, struct strbuf *out)
{
	strbuf_addf(out, "%llu (", (unsigned long long)id);
	for (size_t i = 0; i < m->spec->npar; i++) {
		strbuf_addf(out, "%s%s = %.17g", i ? ", " : "", m->spec->par[i].name,
			theta[i]);
	}
	strbuf_addstr(out, ")");
}
