/*
 * A simulator in a shared library; see share/cwabc_model.h. Runs in worker processes; one
 * with a time limit in a process of its own, which can be ended: there `cwabc` hosts it as
 * a program that answers lines (model_command.c).
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include "abc/model.h"
#include "base/xalloc.h"

enum { ABI_VERSION = 1, HOST_WORDS = 4, HOST_FAILED = 120 };

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

static int start(
	struct library *l, const char *path, const char *config, struct strbuf *err)
{
	int (*abi_version)(void);
	int (*init)(const char *config, void **ctx);
	int status;

	find_symbol(l, "simulate_mpi", &l->simulate_mpi);
	if (!find_symbol(l, "simulate", &l->simulate)) {
		return fail(err, "%s has no function cwabc_simulate", path);
	}
	if (find_symbol(l, "abi_version", &abi_version) && abi_version() != ABI_VERSION) {
		return fail(err, "%s is for version %d of the interface, cwabc has %d",
			path, abi_version(), ABI_VERSION);
	}
	find_symbol(l, "message", &l->message);
	if (!find_symbol(l, "init", &init)) {
		return 0;
	}
	status = init(config, &l->ctx);
	if (status) {
		return fail(err, "cwabc_init of %s returned %d", path, status);
	}
	find_symbol(l, "fini", &l->fini);
	return 0;
}

static int load(
	struct library *l, const char *path, const char *config, struct strbuf *err)
{
	char *with_slash = strchr(path, '/') ? xstrdup(path) : xasprintf("./%s", path);

	*l = (struct library){.handle = dlopen(with_slash, RTLD_NOW | RTLD_LOCAL)};
	free(with_slash);
	return l->handle ? start(l, path, config, err)
			 : fail(err, "cannot load %s", dlerror());
}

static void unload(struct library *l)
{
	if (l->fini) {
		l->fini(l->ctx);
	}
	if (l->handle) {
		dlclose(l->handle);
	}
}

static int library_open(struct model *m, struct strbuf *err)
{
	struct library *l = xcalloc(1, sizeof(*l));
	char *config = make_config(&m->spec->sim);
	int status;

	m->state = l;
	status = load(l, m->spec->sim.what, config, err);
	free(config);
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

/* Why an evaluation failed. */
static void say_why(const struct library *l, int got, char *ret, size_t size)
{
	const char *why = l->message ? l->message(l->ctx) : NULL;

	snprintf(ret, size, "%s (%d)", why ? why : "cwabc_simulate failed", got);
}

static int library_run(struct model *m, const struct sim_context *ctx,
	struct sim_job **job, size_t n, struct strbuf *err)
{
	struct library *l = m->state;

	(void)err;
	for (size_t i = 0; i < n; i++) {
		int got;

		if (ctx->watch) {
			ctx->watch->id = job[i]->id;
		}
		got = simulate(m, ctx, job[i]);
		job[i]->status = got == 0 ? SIM_OK : got > 0 ? SIM_REJECTED : SIM_FAILED;
		if (got < 0) {
			say_why(l, got, job[i]->message, sizeof(job[i]->message));
		}
	}
	if (ctx->watch) {
		ctx->watch->id = SIM_NO_ID;
	}
	return 0;
}

static void library_close(struct model *m)
{
	struct library *l = m->state;

	if (l) {
		unload(l);
		free(l);
	}
}

/* "17 1234 0.5 150.2" in, "17 149.1" out. -1: that was no question. */
static int answer(struct library *l, char *line, double *par, size_t npar, double *stat,
	size_t nstat, FILE *out)
{
	char *at, *end, why[sizeof(((struct sim_job *)0)->message)];
	uint64_t id = strtoull(line, &at, 10), seed = strtoull(at, &at, 10);
	double epsilon = strtod(at, &at);
	int got;

	for (size_t i = 0; i < npar; i++, at = end) {
		par[i] = strtod(at, &end);
		if (end == at) {
			return -1;
		}
	}
	got = l->simulate(l->ctx, seed, par, npar, epsilon, stat, nstat);
	fprintf(out, "%llu", (unsigned long long)id);
	if (got < 0) {
		say_why(l, got, why, sizeof(why));
		why[strcspn(why, "\n")] = '\0';
		fprintf(out, " ! %s", why);
	} else if (got > 0) {
		fputs(" -", out);
	}
	for (size_t i = 0; i < nstat && got == 0; i++) {
		fprintf(out, " %.17g", stat[i]);
	}
	fputc('\n', out);
	return fflush(out) ? -1 : 0;
}

int model_library_host(char **word, size_t words)
{
	struct strbuf err = STRBUF_INIT;
	struct library l = {0};
	/* What the library prints must not mix with the answers. */
	int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	FILE *out = fd >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 ? fdopen(fd, "we")
								       : NULL;
	size_t npar = words == HOST_WORDS ? strtoul(word[1], NULL, 10) : 0;
	size_t nstat = words == HOST_WORDS ? strtoul(word[2], NULL, 10) : 0, room = 0;
	double *number = xcalloc(npar + nstat + 1, sizeof(*number));
	char *line = NULL;
	int status = words == HOST_WORDS && out ? load(&l, word[0], word[3], &err) : -1;

	if (status) {
		fprintf(stderr, "cwabc: error: %s\n",
			err.len ? err.buf : "library-host is for cwabc's own use");
	} else {
		fprintf(out, "cwabc 1 stats %zu\n", nstat);
		fflush(out);
	}
	while (!status && getline(&line, &room, stdin) > 0) {
		status = answer(&l, line, number, npar, number + npar, nstat, out);
	}
	unload(&l);
	free(line);
	free(number);
	if (out) {
		fclose(out);
	}
	strbuf_release(&err);
	/* Not from 1 to 99, which would be said of an evaluation. */
	return status ? HOST_FAILED : 0;
}

/* The cwabc that hosts libraries: this program, or for cwabc-mpi the one beside it. */
static char *host_program(void)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash, *path;

	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash && strncmp(slash, "/cwabc-mpi", 10) != 0) {
		return xstrdup(self);
	}
	path = xasprintf("%.*s/cwabc", slash ? (int)(slash - self) : 0, self);
	if (access(path, X_OK)) {
		free(path);
		path = xstrdup("cwabc"); /* on the PATH */
	}
	return path;
}

char **model_library_argv(const struct model *m)
{
	char *path = realpath(m->spec->sim.what, NULL);
	char *word[] = {host_program(), xstrdup(MODEL_HOST_COMMAND),
		path ? path : xstrdup(m->spec->sim.what), xasprintf("%zu", m->spec->npar),
		xasprintf("%zu", m->problem->nstat), make_config(&m->spec->sim), NULL};
	char **argv = xcalloc(CW_ARRAY_LEN(word), sizeof(*argv));

	memcpy(argv, word, sizeof(word));
	return argv;
}

const struct model_ops model_library_ops = {
	.name = "library",
	.open = library_open,
	.run = library_run,
	.close = library_close,
};
