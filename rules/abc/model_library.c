/* A simulator in a shared library; see share/cwabc_model.h. Runs in worker processes. */
#include <dlfcn.h>

#include "abc/model.h"
#include "abc/progress.h"
#include "base/xalloc.h"

enum { ABI_VERSION = 1 };

struct library {
	void *handle, *ctx;
	int (*simulate)(void *ctx, uint64_t seed, const double *par, size_t npar,
		double eps, double *stat, size_t nstat);
	int (*simulate_mpi)(void *ctx, void *comm, uint64_t seed, const double *par,
		size_t npar, double eps, double *stat, size_t nstat);
	void (*fini)(void *ctx);
	const char *(*message)(void *ctx);
};

/* Sets the function pointer at `ret`, if the library has the name, with prefix or
 * without. */
static bool find_symbol(const struct library *l, const char *name, void *ret)
{
	char *full = xasprintf("cwabc_%s", name);
	void *symbol = dlsym(l->handle, full);

	free(full);
	if (!symbol) {
		symbol = dlsym(l->handle, name);
	}
	if (symbol) {
		memcpy(ret, &symbol, sizeof(symbol));
	}
	return symbol != NULL;
}

/* "key=value" lines. */
static char *make_config(const struct simulator_spec *sim)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < sim->constants; i++) {
		strbuf_addf(
			&text, "%s=%s\n", sim->constant[i].name, sim->constant[i].text);
	}
	return strbuf_detach(&text, NULL);
}

static int start(struct model *m, struct library *l, struct strbuf *err)
{
	int (*abi_version)(void);
	int (*init)(const char *config, void **ctx);
	char *config;
	int status;

	find_symbol(l, "simulate_mpi", &l->simulate_mpi);
	if (!find_symbol(l, "simulate", &l->simulate)) {
		return fail(err, "%s has no function cwabc_simulate", m->spec->sim.what);
	}
	if (find_symbol(l, "abi_version", &abi_version) && abi_version() != ABI_VERSION) {
		return fail(err, "%s is for version %d of the interface, cwabc has %d",
			m->spec->sim.what, abi_version(), ABI_VERSION);
	}
	find_symbol(l, "message", &l->message);
	if (!find_symbol(l, "init", &init)) {
		return 0;
	}
	config = make_config(&m->spec->sim);
	status = init(config, &l->ctx);
	free(config);
	if (status) {
		return fail(
			err, "cwabc_init of %s returned %d", m->spec->sim.what, status);
	}
	find_symbol(l, "fini", &l->fini);
	return 0;
}

static int library_open(struct model *m, struct strbuf *err)
{
	struct library *l = xcalloc(1, sizeof(*l));
	const char *path = m->spec->sim.what;
	char *with_slash = strchr(path, '/') ? xstrdup(path) : xasprintf("./%s", path);
	int status;

	m->state = l;
	l->handle = dlopen(with_slash, RTLD_NOW | RTLD_LOCAL);
	free(with_slash);
	status = l->handle ? start(m, l, err) : fail(err, "cannot load %s", dlerror());
	return status;
}

/* One evaluation, by a team where there is one and the library knows how. */
static int simulate(struct model *m, const struct sim_context *ctx, struct sim_job *job)
{
	const struct library *l = m->state;
	uint64_t seed = stream_seed(ctx->seed, ctx->t, job->id);
	size_t npar = m->spec->npar, nstat = m->problem->nstat;
	int got;

	if (!ctx->team || !l->simulate_mpi) {
		return l->simulate(
			l->ctx, seed, job->theta, npar, ctx->epsilon, job->stat, nstat);
	}
	got = l->simulate_mpi(l->ctx, ctx->team->comm, seed, job->theta, npar,
		ctx->epsilon, job->stat, nstat);
	ctx->team->share(ctx->team->comm, &got, sizeof(got));
	ctx->team->share(ctx->team->comm, job->stat, nstat * sizeof(*job->stat));
	return got;
}

static int library_run(struct model *m, const struct sim_context *ctx,
	struct sim_job **job, size_t n, struct strbuf *err)
{
	struct library *l = m->state;
	double limit = m->spec->sim.timeout;

	(void)err;
	for (size_t i = 0; i < n; i++) {
		const char *why = NULL;
		int got;

		if (ctx->watch) {
			ctx->watch->since = limit > 0 ? monotonic_seconds() : 0;
			ctx->watch->id = job[i]->id;
		}
		got = simulate(m, ctx, job[i]);
		job[i]->status = got == 0 ? SIM_OK : got > 0 ? SIM_REJECTED : SIM_FAILED;
		if (got < 0) {
			why = l->message ? l->message(l->ctx) : NULL;
			snprintf(job[i]->message, sizeof(job[i]->message), "%s (%d)",
				why ? why : "cwabc_simulate failed", got);
		}
	}
	if (ctx->watch) {
		ctx->watch->id = SIM_NO_ID;
		ctx->watch->since = 0;
	}
	return 0;
}

static void library_close(struct model *m)
{
	struct library *l = m->state;

	if (!l) {
		return;
	}
	if (l->fini) {
		l->fini(l->ctx);
	}
	if (l->handle) {
		dlclose(l->handle);
	}
	free(l);
}

const struct model_ops model_library_ops = {
	.name = "library",
	.in_process = false,
	.open = library_open,
	.run = library_run,
	.close = library_close,
};
