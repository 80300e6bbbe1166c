#include "abc/problem_fingerprint.h"

#include <errno.h>
#include <math.h>
#include <sys/stat.h>

#include "abc/wire.h"
#include "base/hash.h"
#include "base/xalloc.h"
#include "sys/fs.h"

static void add_digest(struct strbuf *out, const void *p, size_t n)
{
	struct digest d = hash128(p, n);

	strbuf_addf(out, "%016llx%016llx", (unsigned long long)d.hi,
		(unsigned long long)d.lo);
}

/* A file's digest; `must`: it is an error where it cannot be read. */
static int add_file(struct fingerprint *f, const char *label, const char *path, bool must,
	struct strbuf *err)
{
	struct strbuf bytes = STRBUF_INIT;
	struct stat st;
	int status = 0;

	if (stat(path, &st) || !S_ISREG(st.st_mode) ||
		fs_read_file(path, SIZE_MAX / 2, &bytes)) {
		if (must) {
			status = fail(err, "cannot read %s: %s", path,
				errno ? strerror(errno) : "not a file");
		}
	} else {
		strbuf_addf(&f->text, "%s file ", label);
		add_digest(&f->text, bytes.buf, bytes.len);
		strbuf_addch(&f->text, '\n');
	}
	strbuf_release(&bytes);
	return status;
}

/* The file named by a word of a command, relative to the problem's folder. */
static void add_word(struct fingerprint *f, const char *label, const char *word, size_t n)
{
	struct strbuf path = STRBUF_INIT, ignored = STRBUF_INIT;

	if (n && word[0] != '/') {
		strbuf_addf(&path, "%s/", f->problem->dir);
	}
	strbuf_add(&path, word, n);
	add_file(f, label, path.buf, false, &ignored);
	strbuf_release(&path);
	strbuf_release(&ignored);
}

static int add_simulator(
	struct fingerprint *f, const struct model_spec *m, struct strbuf *err)
{
	const struct simulator_spec *sim = &m->sim;
	struct strbuf *out = &f->text;

	switch (sim->kind) {
	case SIM_BUILTIN:
		strbuf_addf(out, "%s builtin %s\n", m->name, sim->what);
		break;
	case SIM_COMMAND:
		for (size_t i = 0; sim->argv[i]; i++) {
			strbuf_addf(out, "%s command %s\n", m->name, sim->argv[i]);
			add_word(f, m->name, sim->argv[i], strlen(sim->argv[i]));
		}
		break;
	case SIM_LIBRARY:
		if (add_file(f, m->name, sim->what, true, err)) {
			return -1;
		}
		break;
	case SIM_ONESHOT:
		strbuf_addf(out, "%s oneshot %s\n", m->name, sim->what);
		for (const char *s = sim->what; *s;) {
			size_t n = strcspn(s, " \t\n'\"<>|&;()");
			if (n) {
				add_word(f, m->name, s, n);
			}
			s += n + (s[n] != '\0');
		}
		break;
	}
	for (size_t i = 0; i < sim->constants; i++) {
		strbuf_addf(out, "%s constant %s %s\n", m->name, sim->constant[i].name,
			sim->constant[i].text);
	}
	for (size_t i = 0; i < sim->files; i++) {
		if (add_file(f, m->name, sim->file[i], true, err)) {
			return -1;
		}
	}
	if (sim->on_timeout == TIMEOUT_REJECT) {
		strbuf_addf(out, "%s rejects after %.17g s\n", m->name, sim->timeout);
	}
	return 0;
}

static int add_model(
	struct fingerprint *f, const struct model_spec *m, struct strbuf *err)
{
	struct strbuf *out = &f->text;

	strbuf_addf(out, "model %s %.17g\n", m->name, m->prior);
	for (size_t i = 0; i < m->npar; i++) {
		const struct prior *prior = &m->par[i].prior;

		strbuf_addf(out, "%s parameter %s %s %.17g %.17g", m->name,
			m->par[i].name, prior_forms[prior->kind].name, prior->a,
			prior->b);
		for (size_t k = 0; k < prior->count; k++) {
			strbuf_addf(out, " %.17g:%.17g", prior->value[k], prior->prob[k]);
		}
		strbuf_addch(out, '\n');
	}
	for (size_t i = 0; i < m->nconstraint; i++) {
		strbuf_addf(out, "%s constraint %s\n", m->name, m->constraint_text[i]);
	}
	return add_simulator(f, m, err);
}

static void add_settings(struct fingerprint *f, bool tickets)
{
	const struct problem *p = f->problem;
	const struct epsilon_spec *e = &p->epsilon;
	const struct kernel_spec *k = &p->kernel;
	struct strbuf *out = &f->text;

	for (size_t i = 0; i < p->nstats; i++) {
		strbuf_addf(out, "observed %s", p->stat[i].name);
		for (size_t j = 0; j < p->stat[i].len; j++) {
			strbuf_addf(out, " %.17g", p->observed[p->stat[i].first + j]);
		}
		strbuf_addch(out, '\n');
	}
	strbuf_addf(out, "distance p %.17g scale %d adaptive %d ratio %.17g",
		p->distance.p, (int)p->distance.scale, p->distance.adaptive,
		p->distance.max_ratio);
	for (size_t i = 0; i < p->nstat; i++) {
		strbuf_addf(out, " %.17g", p->distance.weight[i]);
	}
	strbuf_addf(out, "\nacceptor %d noise %d", (int)p->acceptor.kind,
		(int)p->acceptor.noise);
	for (size_t i = 0; p->acceptor.kind == ACCEPT_STOCHASTIC && i < p->nstat; i++) {
		strbuf_addf(out, " %.17g", p->acceptor.scale[i]);
	}
	strbuf_addf(out,
		"\nepsilon kind %d quantile %.17g multiplier %.17g weighted %d start %.17g "
		"percentile %.17g target %.17g generations %zu ratio %.17g\n",
		(int)e->kind, e->quantile, e->multiplier, e->weighted, e->start,
		e->percentile, e->target, e->generations, e->ratio);
	strbuf_addf(out,
		"transition kind %d bandwidth %d factor %.17g scaling %.17g k_fraction %.17g "
		"discrete %d stay %.17g model_stay %.17g\n",
		(int)k->kind, (int)k->bandwidth, k->factor, k->scaling, k->k_fraction,
		(int)k->discrete, k->stay, k->model_stay);
	strbuf_addf(out, "algorithm %s budget %llu keep %.17g\n",
		p->algorithm == ALGORITHM_REJECTION ? "rejection" : "smc",
		(unsigned long long)p->budget, p->budget_share);
	if (problem_needs_calibration(p)) {
		strbuf_addf(
			out, "calibration %llu\n", (unsigned long long)p->calibration);
	}
	strbuf_addf(out, "scheduling %s\n", tickets ? "static" : "dynamic");
}

int fingerprint_init(
	struct fingerprint *f, const struct problem *p, bool tickets, struct strbuf *err)
{
	*f = (struct fingerprint){.problem = p};
	strbuf_init(&f->text);
	strbuf_addf(&f->text, "cwabc 1\nseed %llu\n", (unsigned long long)p->seed);
	for (size_t m = 0; m < p->nmodels; m++) {
		if (add_model(f, &p->model[m], err)) {
			return -1;
		}
	}
	add_settings(f, tickets);
	return 0;
}

void fingerprint_release(struct fingerprint *f)
{
	strbuf_release(&f->text);
}

void fingerprint_of(
	const struct fingerprint *f, int64_t t, char ret[static FINGERPRINT_SIZE])
{
	const struct problem *p = f->problem;
	struct strbuf text = STRBUF_INIT;

	strbuf_addsv(&text, strbuf_sv(&f->text));
	for (int64_t u = 0; u <= t; u++) {
		const struct epsilon_spec *e = &p->epsilon;

		strbuf_addf(&text, "%lld population %llu", (long long)u,
			(unsigned long long)problem_population(p, u));
		if (e->count) {
			size_t at = (size_t)u < e->count ? (size_t)u : e->count - 1;
			strbuf_addf(&text, " epsilon %.17g", e->list[at]);
		}
		strbuf_addch(&text, '\n');
	}
	digest_text(text.buf, text.len, ret);
	strbuf_release(&text);
}

void digest_text(const void *p, size_t n, char ret[static FINGERPRINT_SIZE])
{
	struct digest d = hash128(p, n);

	snprintf(ret, FINGERPRINT_SIZE, "%016llx%016llx", (unsigned long long)d.hi,
		(unsigned long long)d.lo);
}

char *fingerprint_difference(const char *theirs, const char *ours)
{
	while (*theirs || *ours) {
		size_t a = strcspn(theirs, "\n"), b = strcspn(ours, "\n");

		if (a != b || memcmp(theirs, ours, a) != 0) {
			return xasprintf("it had \"%.*s\", now it is \"%.*s\"",
				(int)(a < 100 ? a : 100), theirs,
				(int)(b < 100 ? b : 100), ours);
		}
		theirs += a + (theirs[a] == '\n');
		ours += b + (ours[b] == '\n');
	}
	return NULL;
}
