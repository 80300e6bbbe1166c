/*
 * A simulator that stays: a line with an id, a seed, the threshold and parameters in, a
 * line with the id and statistics out, in any order. A whole batch is under way at once.
 * After a crash or a time-out the rest of the batch goes one by one, so that it is clear
 * whose fault the next one is.
 */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "abc/child_model.h"
#include "abc/model.h"
#include "abc/progress.h"
#include "base/xalloc.h"

enum { LONGEST_LINE = 1 << 20 };
static const double start_seconds = 10; /* that a program may take until it greets */

struct command {
	struct child_model child;
	const char *const *argv; /* the model's, or hosted */
	char **hosted;           /* owned; NULL where the model is no library */
	bool answered;           /* it has given a line */
	bool works;              /* one of its processes has read a question */
	bool stillborn;          /* one of them ended before that */
	bool silent;             /* it answers without a greeting */
	size_t asked;            /* bytes of the last questions */
	double since; /* of the last answer, the greeting, or the first question */
	struct sim_job **open; /* asked and not answered; NULL: answered */
	size_t first, last;    /* the open ones lie in between */
};

static int command_open(struct model *m, struct strbuf *err)
{
	struct command *c = xcalloc(1, sizeof(*c));

	(void)err;
	child_model_init(&c->child);
	if (m->spec->sim.kind == SIM_LIBRARY) {
		c->hosted = model_library_argv(m);
	}
	c->argv = c->hosted ? (const char *const *)c->hosted : m->spec->sim.argv;
	m->state = c;
	return 0;
}

static void command_close(struct model *m)
{
	struct command *c = m->state;

	if (c) {
		child_model_release(&c->child);
		for (size_t i = 0; c->hosted && c->hosted[i]; i++) {
			free(c->hosted[i]);
		}
		free(c->hosted);
		free(c);
	}
}

/* "cwabc 1 params mu sigma stats 2": what the model says of itself must fit. */
static int check_greeting(const struct model *m, char *line, struct strbuf *err)
{
	enum { NONE, PARAMS, STATS } part = NONE;
	size_t params = 0, stats = 0;
	char *word, *rest = NULL;
	bool bad = false, said_params = false, said_stats = false, number = false;

	word = strtok_r(line, " \t", &rest);
	word = strtok_r(NULL, " \t", &rest);
	if (!word || strcmp(word, "1") != 0) {
		return fail(err, "the simulator of \"%s\" speaks protocol %s, cwabc 1",
			m->spec->name, word ? word : "of no version");
	}
	while ((word = strtok_r(NULL, " \t", &rest))) {
		if (strcmp(word, "params") == 0) {
			part = PARAMS;
			said_params = true;
		} else if (strcmp(word, "stats") == 0) {
			part = STATS;
			said_stats = true;
		} else if (part == PARAMS) {
			bad = bad || params >= m->spec->npar ||
			      strcmp(word, m->spec->par[params].name) != 0;
			params++;
		} else if (part == STATS && stats == 0 && isdigit((unsigned char)*word)) {
			number = true;
			stats = strtoul(word, NULL, 10);
		} else if (part == STATS && !number) {
			stats++;
		}
	}
	if (said_params && (bad || params != m->spec->npar)) {
		return fail(err,
			"the simulator of \"%s\" names other parameters, or in another order, "
			"than the problem",
			m->spec->name);
	}
	if (said_stats && stats != m->problem->nstat) {
		return fail(err,
			"the simulator of \"%s\" gives %zu statistics, observed are %zu",
			m->spec->name, stats, m->problem->nstat);
	}
	return 0;
}

/* The open job of an id; answers come in order as a rule. */
static struct sim_job *find_open(struct command *c, uint64_t id)
{
	for (size_t i = c->first; i < c->last; i++) {
		struct sim_job *job = c->open[i];

		if (job && job->id == id) {
			c->open[i] = NULL;
			while (c->first < c->last && !c->open[c->first]) {
				c->first++;
			}
			return job;
		}
	}
	return NULL;
}

/* Numbers behind the id. Anything else is a failed evaluation that says what was there. */
static void read_stats(const struct model *m, struct sim_job *job, char *text)
{
	size_t n = 0, want = m->problem->nstat;
	char *at = text, *end;

	for (;;) {
		double x;

		while (*at == ' ' || *at == '\t' || *at == ',') {
			at++;
		}
		if (!*at) {
			break;
		}
		x = strtod(at, &end);
		if (end == at && strncmp(at, "NA", 2) == 0) {
			x = (double)NAN;
			end = at + 2;
		}
		if (end == at || (*end && !strchr(" \t,", *end))) {
			job->status = SIM_FAILED;
			snprintf(job->message, sizeof(job->message),
				"answered \"%.60s\", which is no number", at);
			return;
		}
		if (n < want) {
			job->stat[n] = x;
		}
		n++;
		at = end;
	}
	job->status = n == want ? SIM_OK : SIM_FAILED;
	if (n != want) {
		snprintf(job->message, sizeof(job->message),
			"answered %zu numbers, observed are %zu", n, want);
	}
}

static void read_answer(const struct model *m, struct sim_job *job, char *text)
{
	char *end;

	while (*text == ' ' || *text == '\t') {
		text++;
	}
	switch (*text) {
	case '!':
		job->status = SIM_FAILED;
		snprintf(job->message, sizeof(job->message), "%s",
			text[1] == ' ' ? text + 2 : text + 1);
		return;
	case '-':
		if (text[1] == '\0' || text[1] == ' ') {
			job->status = SIM_REJECTED;
			return;
		}
		break;
	case '=':
		job->distance = strtod(text + 1, &end);
		job->status = end == text + 1 || isnan(job->distance) ? SIM_FAILED
								      : SIM_DISTANCE;
		snprintf(job->message, sizeof(job->message),
			"the distance is not a number");
		return;
	default:
		break;
	}
	read_stats(m, job, text);
}

static bool is_greeting(const char *line)
{
	return strncmp(line, "cwabc ", 6) == 0;
}

static void note_answer(struct command *c)
{
	c->answered = c->works = true;
	c->child.hushed = false;
}

static int take_line(struct model *m, char *line, struct strbuf *err)
{
	struct command *c = m->state;
	struct sim_job *job;
	char *end;
	uint64_t id;

	if (!c->answered && is_greeting(line)) {
		note_answer(c);
		c->since = monotonic_seconds(); /* its start is over */
		return check_greeting(m, line, err);
	}
	note_answer(c);
	errno = 0;
	id = strtoull(line, &end, 10);
	if (end == line || errno || !(*end == ' ' || *end == '\t' || *end == '\0')) {
		return fail(err,
			"the simulator of \"%s\" wrote \"%.80s\", which is no answer (messages "
			"go to standard error)",
			m->spec->name, line);
	}
	job = find_open(c, id);
	if (!job) {
		return fail(err,
			"the simulator of \"%s\" answered %llu, which was not asked",
			m->spec->name, (unsigned long long)id);
	}
	read_answer(m, job, end);
	c->since = monotonic_seconds();
	return 0;
}

/* Asks for jobs [from, to). */
static int ask(struct model *m, const struct sim_context *ctx, struct sim_job **job,
	size_t from, size_t to, struct strbuf *err)
{
	struct command *c = m->state;
	char epsilon[32];

	if (!c->child.pid) {
		c->answered = false;
		/* What keeps it from its start it has said once. */
		c->child.hushed = c->stillborn && !c->works;
		if (child_model_start(&c->child, c->argv, m->problem->dir, err)) {
			return -1;
		}
	}
	snprintf(epsilon, sizeof(epsilon), "%.17g", ctx->epsilon);
	c->asked = c->child.out.len;
	for (size_t i = from; i < to; i++) {
		struct strbuf *out = &c->child.out;

		strbuf_addu64(out, job[i]->id);
		strbuf_addch(out, ' ');
		strbuf_addu64(out, stream_seed(ctx->seed, ctx->t, job[i]->id));
		strbuf_addch(out, ' ');
		strbuf_addstr(out, epsilon);
		for (size_t k = 0; k < m->spec->npar; k++) {
			char number[32];
			int n = snprintf(
				number, sizeof(number), " %.17g", job[i]->theta[k]);
			strbuf_add(out, number, (size_t)n);
		}
		strbuf_addch(out, '\n');
	}
	c->asked = c->child.out.len - c->asked;
	c->open = job;
	c->first = from;
	c->last = to;
	c->since = monotonic_seconds();
	return 0;
}

enum outcome { ANSWERED, CRASHED, TIMED_OUT, BROKEN };

/* Seconds until the time limit; HUGE_VAL where there is none. */
static double time_left(const struct model *m)
{
	const struct command *c = m->state;
	double limit = m->spec->sim.timeout;

	return limit > 0 ? c->since + limit - monotonic_seconds() : HUGE_VAL;
}

/* Takes the lines that are there. ANSWERED: all of them are fine. */
static enum outcome take_lines(struct model *m, struct strbuf *err)
{
	struct command *c = m->state;
	char *line;

	while ((line = child_model_line(&c->child))) {
		if (!c->answered && !is_greeting(line)) {
			c->silent = true;
			if (time_left(m) <= 0) {
				return TIMED_OUT;
			}
		}
		if (take_line(m, line, err)) {
			return BROKEN;
		}
	}
	if (c->child.in.len - c->child.taken > LONGEST_LINE) {
		fail(err,
			"the simulator of \"%s\" wrote more than %d bytes without a line's "
			"end",
			m->spec->name, LONGEST_LINE);
		return BROKEN;
	}
	return ANSWERED;
}

/*
 * Reads until all that was asked is answered. The time limit runs from the greeting on:
 * one that may still come is waited for a while longer, but an answer without it is late.
 */
static enum outcome listen(struct model *m, struct strbuf *err)
{
	struct command *c = m->state;

	while (c->first < c->last) {
		double left = time_left(m);
		enum outcome taken;
		int moved;

		if (!c->answered && !c->silent) {
			left += start_seconds;
		}
		if (left <= 0) {
			c->silent = c->silent || !c->answered;
			return TIMED_OUT;
		}
		moved = child_model_pump(
			&c->child, left < 1 ? (int)(left * 1000) + 1 : 1000);
		taken = take_lines(m, err);
		if (taken != ANSWERED) {
			return taken;
		}
		if (moved < 0 && c->first < c->last) {
			return CRASHED;
		}
	}
	return ANSWERED;
}

/* Whether a process that ends has taken any of what it was asked out of its pipe. */
static bool note_read(struct command *c)
{
	size_t written = c->child.out.len ? c->child.written : c->asked;
	int unread = 0;
	bool read = c->answered || (ioctl(c->child.to, FIONREAD, &unread) == 0 &&
					   (size_t)unread < written);

	c->works = c->works || read;
	c->stillborn = c->stillborn || !read;
	return read;
}

enum fate {
	LOST,      /* by a signal, by an exit status that is no failure's: tried again */
	REPORTED,  /* it said by its exit status that the evaluation failed */
	UNSTARTED, /* the same, but before it read the question: tried again */
};

/* Ends the process and says how it ended. */
static enum fate end_faulty(const struct model *m, enum outcome end, struct strbuf *how)
{
	struct command *c = m->state;
	bool read = note_read(c), reported;
	int status = child_model_end(&c->child, end == CRASHED ? 1 : 0);

	if (end == TIMED_OUT) {
		strbuf_addf(how, "took longer than %g s", m->spec->sim.timeout);
		return LOST;
	}
	describe_end(status, how);
	if (!read) {
		strbuf_addstr(how, " before it read anything");
	}
	reported = end == CRASHED && WIFEXITED(status) && WEXITSTATUS(status) > 0 &&
		   WEXITSTATUS(status) <= CHILD_LAST_FAILURE;
	return !reported ? LOST : read ? REPORTED : UNSTARTED;
}

static void set_failed(const struct command *c, struct sim_job *job, struct strbuf *how)
{
	struct strbuf said = STRBUF_INIT;

	if (child_model_said(&c->child, 1, &said)) {
		strbuf_addf(how, ": %s", said.buf);
	}
	job->status = SIM_FAILED;
	snprintf(job->message, sizeof(job->message), "it %s", how->buf);
	strbuf_release(&said);
}

/* After the last try: -1 with a text, which for a program that never read a question is
 * that it is broken as a whole. */
static int give_up(const struct model *m, const struct sim_job *job, unsigned times,
	const struct strbuf *how, struct strbuf *err)
{
	const struct command *c = m->state;
	struct strbuf what = STRBUF_INIT, said = STRBUF_INIT;

	if (!c->works) {
		strbuf_addf(
			&what, "the simulator of \"%s\" does not start: ", m->spec->name);
	}
	strbuf_addstr(&what, "evaluation ");
	model_describe_id(m, job->id, job->theta, &what);
	strbuf_addf(&what, " was lost %u times: the simulator %s", times, how->buf);
	if (child_model_said(&c->child, 3, &said)) {
		strbuf_addf(&what, "; it said: %s", said.buf);
	}
	fail(err, "%s", what.buf);
	strbuf_release(&what);
	strbuf_release(&said);
	return -1;
}

/* What becomes of a job whose process died or was too slow: 0: it is judged; 1: it is to
 * be tried again; -1 with a text. */
static int take_fault(struct model *m, struct sim_job *job, enum outcome end,
	unsigned times, struct strbuf *err)
{
	struct command *c = m->state;
	struct strbuf how = STRBUF_INIT;
	enum fate fate = end_faulty(m, end, &how);
	int status = end == BROKEN ? -1 : 0;

	if (end == TIMED_OUT && m->spec->sim.on_timeout == TIMEOUT_REJECT) {
		job->status = SIM_TIMED_OUT;
		snprintf(job->message, sizeof(job->message), "%s", how.buf);
	} else if (fate == REPORTED ||
		   (fate == UNSTARTED && c->works && times > MODEL_RETRIES)) {
		set_failed(c, job, &how);
	} else if (end != BROKEN) {
		status = times > MODEL_RETRIES ? give_up(m, job, times, &how, err) : 1;
	}
	strbuf_release(&how);
	return status;
}

/* One job by itself, tried again when its process does not live through it. */
static int run_alone(struct model *m, const struct sim_context *ctx, struct sim_job **job,
	size_t i, struct strbuf *err)
{
	struct sim_job *one = job[i];
	int status = 1;

	for (unsigned times = 1; status > 0; times++) {
		enum outcome end;

		if (ask(m, ctx, job, i, i + 1, err)) {
			return -1;
		}
		end = listen(m, err);
		status = end == ANSWERED ? 0 : take_fault(m, one, end, times, err);
	}
	return status;
}

static int command_run(struct model *m, const struct sim_context *ctx,
	struct sim_job **job, size_t n, struct strbuf *err)
{
	struct command *c = m->state;
	struct sim_job **open = xcalloc(n, sizeof(struct sim_job *));
	enum outcome end = BROKEN;
	int status = -1;

	memcpy(open, job, n * sizeof(struct sim_job *));
	if (ask(m, ctx, open, 0, n, err) == 0) {
		end = listen(m, err);
		status = end == BROKEN ? -1 : 0;
	}
	if (end == CRASHED || end == TIMED_OUT) {
		size_t from = c->first;

		note_read(c);
		child_model_end(&c->child, end == CRASHED ? 1 : 0);
		for (size_t i = from; i < n && !status; i++) {
			if (open[i]) {
				status = run_alone(m, ctx, open, i, err);
			}
		}
	}
	c->open = NULL;
	free(open);
	return status;
}

const struct model_ops model_command_ops = {
	.name = "command",
	.open = command_open,
	.run = command_run,
	.close = command_close,
};
