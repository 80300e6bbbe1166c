/*
 * A simulator that is started for each evaluation: a command line with {parameters},
 * {seed}, {out} put in; numbers from its output, or from the file {out}.
 */
#include <errno.h>
#include <math.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abc/child_model.h"
#include "abc/model.h"
#include "abc/progress.h"
#include "base/xalloc.h"
#include "sys/fs.h"

enum { MOST_OUTPUT = 64 << 20 };

struct oneshot {
	char *dir;  /* private, for {out} */
	char *file; /* in it; NULL where the template has no {out} */
	struct strbuf line, output;
	struct child_model child;
};

/* The next {name} of a template from *at on: text before it goes to `out` (NULL: nowhere),
 * doubled braces as one. False at the end. */
static bool next_reference(const char **at, struct strbuf *out, struct strview *ret_name)
{
	const char *s = *at;

	for (; *s; s++) {
		size_t n;

		if ((s[0] == '{' && s[1] == '{') || (s[0] == '}' && s[1] == '}')) {
			s++;
		} else if (*s == '{' && s[n = strcspn(s, "}")]) {
			*ret_name = (struct strview){s + 1, n - 1};
			*at = s + n + 1;
			return true;
		}
		if (out) {
			strbuf_addch(out, *s);
		}
	}
	*at = s;
	return false;
}

static int64_t find_parameter(const struct model_spec *spec, struct strview name)
{
	for (size_t i = 0; i < spec->npar; i++) {
		if (sv_eq_str(name, spec->par[i].name)) {
			return (int64_t)i;
		}
	}
	return -1;
}

static bool is_word(struct strview name)
{
	static const char *const words[] = {"seed", "out", "id", "t", "epsilon"};

	for (size_t i = 0; i < CW_ARRAY_LEN(words); i++) {
		if (sv_eq_str(name, words[i])) {
			return true;
		}
	}
	return false;
}

int model_oneshot_check(const struct model_spec *spec, struct diag_sink *sink)
{
	const char *at = spec->sim.what;
	struct strview name;
	int status = 0;

	for (size_t i = 0; i < spec->npar; i++) {
		if (is_word(sv_from(spec->par[i].name))) {
			status = diag_error(sink, "CW-A028", spec->par[i].span,
				"\"%s\" has a meaning of its own in oneshot; call the parameter "
				"otherwise",
				spec->par[i].name);
		}
	}
	while (next_reference(&at, NULL, &name)) {
		if (!is_word(name) && find_parameter(spec, name) < 0) {
			status = diag_error(sink, "CW-A029", spec->sim.span,
				"{" SV_FMT
				"} is no parameter of the model, nor {seed}, {out}, "
				"{id}, {t} or {epsilon}; a brace that is meant is doubled: {{",
				SV_ARG(name));
		}
	}
	return status;
}

/* Named after the process, so that a worker's master can remove what a killed one left. */
static char *private_dir(pid_t pid)
{
	const char *tmp = getenv("TMPDIR");

	return xasprintf("%s/cwabc-%ld-%ld", tmp && *tmp ? tmp : "/tmp", (long)getuid(),
		(long)pid);
}

void model_oneshot_clean(pid_t pid)
{
	char *dir = private_dir(pid), *file = xasprintf("%s/out", dir);

	unlink(file);
	rmdir(dir);
	free(file);
	free(dir);
}

static int oneshot_open(struct model *m, struct strbuf *err)
{
	struct oneshot *o = xcalloc(1, sizeof(*o));
	const char *at = m->spec->sim.what;
	struct strview name;

	m->state = o;
	strbuf_init(&o->line);
	strbuf_init(&o->output);
	child_model_init(&o->child);
	while (next_reference(&at, NULL, &name)) {
		if (sv_eq_str(name, "out") && !o->dir) {
			o->dir = private_dir(getpid());
			model_oneshot_clean(getpid());
			if (mkdir(o->dir, 0700)) {
				fail(err, "cannot make the folder %s: %s", o->dir,
					strerror(errno));
				free(o->dir);
				o->dir = NULL;
				return -1;
			}
			o->file = xasprintf("%s/out", o->dir);
		}
	}
	return 0;
}

static void oneshot_close(struct model *m)
{
	struct oneshot *o = m->state;

	if (!o) {
		return;
	}
	if (o->dir) {
		unlink(o->file);
		rmdir(o->dir);
	}
	free(o->dir);
	free(o->file);
	strbuf_release(&o->line);
	strbuf_release(&o->output);
	child_model_release(&o->child);
	free(o);
}

static void put_reference(const struct model *m, const struct sim_context *ctx,
	const struct sim_job *job, struct strview name, struct strbuf *line)
{
	const struct oneshot *o = m->state;
	int64_t i = find_parameter(m->spec, name);

	if (i >= 0) {
		strbuf_addf(line, "%.17g", job->theta[i]);
	} else if (sv_eq_str(name, "seed")) {
		strbuf_addu64(line, stream_seed(ctx->seed, ctx->t, job->id));
	} else if (sv_eq_str(name, "id")) {
		strbuf_addu64(line, job->id);
	} else if (sv_eq_str(name, "t")) {
		strbuf_addf(line, "%lld", (long long)ctx->t);
	} else if (sv_eq_str(name, "epsilon")) {
		strbuf_addf(line, "%.17g", ctx->epsilon);
	} else if (sv_eq_str(name, "out")) {
		strbuf_addstr(line, o->file);
	}
}

/* Numbers separated by white space or commas. */
static void read_numbers_of(const struct model *m, struct sim_job *job, const char *text)
{
	size_t n = 0, want = m->problem->nstat;
	char *end;

	for (const char *at = text;;) {
		double x;

		at += strspn(at, " \t\r\n,;");
		if (!*at) {
			break;
		}
		x = strtod(at, &end);
		if (end == at && strncmp(at, "NA", 2) == 0) {
			x = (double)NAN;
			at += 2;
		} else if (end == at) {
			job->status = SIM_FAILED;
			snprintf(job->message, sizeof(job->message),
				"gave \"%.*s\", which is no number",
				(int)strcspn(at, " \t\r\n,;"), at);
			return;
		} else {
			at = end;
		}
		if (n < want) {
			job->stat[n] = x;
		}
		n++;
	}
	job->status = n == want ? SIM_OK : SIM_FAILED;
	if (n != want) {
		snprintf(job->message, sizeof(job->message),
			"gave %zu numbers, observed are %zu", n, want);
	}
}

enum outcome { DONE, LOST, OVERDUE };

static void read_result(const struct model *m, struct sim_job *job, int status)
{
	struct oneshot *o = m->state;

	if (status) {
		struct strbuf said = STRBUF_INIT;
		bool spoke = child_model_said(&o->child, 1, &said);
		job->status = SIM_FAILED;
		snprintf(job->message, sizeof(job->message), "exit status %d%s%s", status,
			spoke ? ": " : "", said.buf);
		strbuf_release(&said);
		return;
	}
	if (o->file) {
		strbuf_reset(&o->output);
		if (fs_read_file(o->file, MOST_OUTPUT, &o->output)) {
			job->status = SIM_FAILED;
			snprintf(job->message, sizeof(job->message), "no file {out}: %s",
				strerror(errno));
			return;
		}
	}
	read_numbers_of(m, job, o->output.buf);
}

/* Collects what the process writes until it closes its output or that gets too long;
 * false: time is over. */
static bool collect_output(struct child_model *child, double end, struct strbuf *out)
{
	int moved;

	do {
		double left = fmin(end - monotonic_seconds(), 1);

		if (left <= 0) {
			return false;
		}
		moved = child_model_pump(child, (int)(left * 1000) + 1);
		strbuf_add(
			out, child->in.buf + child->taken, child->in.len - child->taken);
		child->taken = child->in.len;
	} while (moved >= 0 && out->len < MOST_OUTPUT);
	return true;
}

/* Until the process has ended: it may close its output long before ("sim > file"). False:
 * time is over. Then, and where it writes too much, it is killed. */
static bool run_to_end(const struct model *m, int *ret_status)
{
	struct oneshot *o = m->state;
	double limit = m->spec->sim.timeout;
	double end = limit > 0 ? monotonic_seconds() + limit : HUGE_VAL;
	bool in_time = collect_output(&o->child, end, &o->output);

	if (in_time && o->output.len < MOST_OUTPUT) {
		in_time = child_model_ended(
			&o->child, limit > 0 ? fmax(0, end - monotonic_seconds()) : -1);
	}
	*ret_status = child_model_end(&o->child, 0);
	return in_time;
}

static enum outcome run_once(const struct model *m, const struct sim_context *ctx,
	struct sim_job *job, struct strbuf *how)
{
	struct oneshot *o = m->state;
	const char *at = m->spec->sim.what, *argv[] = {"/bin/sh", "-c", NULL, NULL};
	struct strview name;
	int status;

	strbuf_reset(how);
	strbuf_reset(&o->line);
	while (next_reference(&at, &o->line, &name)) {
		put_reference(m, ctx, job, name, &o->line);
	}
	argv[2] = o->line.buf;
	if (o->file) {
		unlink(o->file);
	}
	strbuf_reset(&o->output);
	if (child_model_start(&o->child, argv, m->problem->dir, how)) {
		return LOST;
	}
	if (!run_to_end(m, &status)) {
		strbuf_addf(how, "took longer than %g s", m->spec->sim.timeout);
		return OVERDUE;
	}
	if (o->output.len >= MOST_OUTPUT) {
		job->status = SIM_FAILED;
		snprintf(job->message, sizeof(job->message),
			"wrote more than %d MB to standard output", MOST_OUTPUT >> 20);
		return DONE;
	}
	describe_end(status, how);
	if (!WIFEXITED(status) || WEXITSTATUS(status) > CHILD_LAST_FAILURE) {
		return LOST;
	}
	read_result(m, job, WEXITSTATUS(status));
	return DONE;
}

static int run_job(struct model *m, const struct sim_context *ctx, struct sim_job *job,
	struct strbuf *err)
{
	struct strbuf how = STRBUF_INIT, who = STRBUF_INIT, said = STRBUF_INIT;
	int status = 0;

	for (unsigned times = 1;; times++) {
		enum outcome end = run_once(m, ctx, job, &how);

		if (end == DONE) {
			break;
		}
		if (end == OVERDUE && m->spec->sim.on_timeout == TIMEOUT_REJECT) {
			job->status = SIM_TIMED_OUT;
			snprintf(job->message, sizeof(job->message), "%s", how.buf);
			break;
		}
		if (times > MODEL_RETRIES) {
			struct oneshot *o = m->state;
			model_describe_id(m, job->id, job->theta, &who);
			if (!child_model_said(&o->child, 3, &said)) {
				strbuf_addstr(&said, "nothing");
			}
			status = fail(err,
				"evaluation %s was lost %u times: the simulator %s; it was: %s; "
				"it said: %s",
				who.buf, times, how.buf, o->line.buf, said.buf);
			break;
		}
	}
	strbuf_release(&how);
	strbuf_release(&who);
	strbuf_release(&said);
	return status;
}

static int oneshot_run(struct model *m, const struct sim_context *ctx,
	struct sim_job **job, size_t n, struct strbuf *err)
{
	for (size_t i = 0; i < n; i++) {
		if (run_job(m, ctx, job[i], err)) {
			return -1;
		}
	}
	return 0;
}

const struct model_ops model_oneshot_ops = {
	.name = "oneshot",
	.open = oneshot_open,
	.run = oneshot_run,
	.close = oneshot_close,
};
