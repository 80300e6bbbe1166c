/*
 * A command of the user's maps lines of ranges to lines of results, on whatever engine:
 * GNU parallel, a job array, Spark, Dask. In rounds: as many ids as will probably do go
 * out, what does not come back goes out again.
 */
#include <math.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abc/child_model.h"
#include "abc/map_file.h"
#include "abc/sampler.h"
#include "base/hash.h"
#include "base/xalloc.h"

enum { LINES_A_JOB = 4, MOST_EMPTY_ROUNDS = 3 };
static const double spare = 1.15; /* of the ids that are expected to do */

struct map_state {
	struct child_model child;
	char *begin; /* path of the generation's file; owned */
	struct strbuf command, bytes;
	struct strbuf odd; /* the last line that was no result, in words */
};

static int map_open(struct sampler *s, struct strbuf *err)
{
	struct map_state *m = xcalloc(1, sizeof(*m));

	s->state = m;
	child_model_init(&m->child);
	strbuf_init(&m->command);
	strbuf_init(&m->bytes);
	strbuf_init(&m->odd);
	if (!s->options.map_command) {
		return fail(err, "the sampler \"map\" needs --map-command, for instance "
				 "'parallel -q --pipe -N1 {evaluate}'");
	}
	if (!strstr(s->options.map_command, "{evaluate}")) {
		return fail(err,
			"--map-command must hold {evaluate}, which becomes the command "
			"that turns lines of ranges into lines of results");
	}
	return 0;
}

static void map_close(struct sampler *s)
{
	struct map_state *m = s->state;

	if (m) {
		child_model_release(&m->child);
		strbuf_release(&m->command);
		strbuf_release(&m->bytes);
		strbuf_release(&m->odd);
		free(m->begin);
		free(m);
	}
}

/* Appends a word in single quotes. */
static void quote(struct strbuf *out, const char *s)
{
	strbuf_addch(out, '\'');
	for (; *s; s++) {
		if (*s == '\'') {
			strbuf_addstr(out, "'\\''");
		} else {
			strbuf_addch(out, *s);
		}
	}
	strbuf_addch(out, '\'');
}

/* The template with {evaluate} put in. */
static int make_command(struct sampler *s, struct strbuf *err)
{
	struct map_state *m = s->state;
	char self[4096], *problem = realpath(s->problem->path, NULL);
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct strbuf evaluate = STRBUF_INIT;
	const char *at = s->options.map_command, *next;

	if (n <= 0 || !problem) {
		free(problem);
		return fail(err, "cannot tell where cwabc or the problem is");
	}
	self[n] = '\0';
	quote(&evaluate, self);
	strbuf_addstr(&evaluate, " evaluate ");
	quote(&evaluate, problem);
	strbuf_addstr(&evaluate, " -q --begin ");
	quote(&evaluate, m->begin);
	strbuf_reset(&m->command);
	while ((next = strstr(at, "{evaluate}"))) {
		strbuf_add(&m->command, at, (size_t)(next - at));
		strbuf_addsv(&m->command, strbuf_sv(&evaluate));
		at = next + strlen("{evaluate}");
	}
	strbuf_addstr(&m->command, at);
	strbuf_release(&evaluate);
	free(problem);
	return 0;
}

/* How many more ids will do: at first by the acceptance of the generation before, since a
 * round costs what the engine needs to start. */
static double expected_ids(const struct sample *job)
{
	const struct population *before = job->in->previous;
	double rate = before ? population_acceptance(before) : 0;

	return job->c->n_eval || job->in->accept_all || !(rate > 0)
		       ? (double)collector_expects(job->c)
		       : (double)job->c->want / rate;
}

/* Writes the round's ranges to the command; their number. */
static size_t send_ranges(struct sampler *s, struct sample *job)
{
	struct map_state *m = s->state;
	double ids = ceil(spare * expected_ids(job));
	uint64_t lines = (uint64_t)s->options.jobs * LINES_A_JOB;
	uint64_t each = s->options.batch ? s->options.batch
					 : (uint64_t)fmax(1, ceil(ids / (double)lines));
	uint64_t sent = 0;
	size_t n = 0;
	struct range r;

	while ((double)sent < ids && collector_lease(job->c, each, &r)) {
		strbuf_addf(&m->child.out, "%llu %llu\n", (unsigned long long)r.first,
			(unsigned long long)(r.end - r.first));
		sent += r.end - r.first;
		n++;
	}
	return n;
}

/* A line of results. One that is torn or of something else is kept for a message, and its
 * ids go out again. 1: taken; 0: not; -1. */
static int take_line(
	struct sampler *s, struct sample *job, const char *line, struct strbuf *err)
{
	struct map_state *m = s->state;
	struct wire_reader r;
	uint64_t sum;
	struct block b;
	char *at;
	int status;

	if (line[0] == '!') {
		return fail(err, "%s", line + 1 + (line[1] == ' '));
	}
	strtoull(line, &at, 10);
	strtoull(at, &at, 10);
	sum = strtoull(at, &at, 16);
	strbuf_reset(&m->bytes);
	if (*at == ' ' && hex_get(sv_from(at + 1), &m->bytes) == 0 &&
		hash64(m->bytes.buf, m->bytes.len) == sum) {
		r = (struct wire_reader){.p = m->bytes.buf, .n = m->bytes.len};
		wire_get_f64(&r);
		if (block_read(&b, &r, s->problem->npar + s->problem->nstat) == 0) {
			status = sample_add(job, &b, err);
			block_release(&b);
			return status ? -1 : 1;
		}
	}
	strbuf_reset(&m->odd);
	strbuf_addf(&m->odd, "; it printed \"%.60s\"", line);
	return 0;
}

/* Runs the command once. 1: results came; 0: none; -1; 2: pause. */
static int run_round(struct sampler *s, struct sample *job, struct strbuf *err)
{
	struct map_state *m = s->state;
	const char *argv[] = {"/bin/sh", "-c", m->command.buf, NULL};
	int moved = 1, results = 0;

	if (child_model_start(&m->child, argv, ".", err)) {
		return -1;
	}
	send_ranges(s, job);
	while (moved >= 0) {
		char *line;

		if (m->child.to >= 0 && m->child.written == m->child.out.len) {
			close(m->child.to); /* all ranges are out: the end of its input */
			m->child.to = -1;
		}
		moved = child_model_pump(&m->child, 200);
		while ((line = child_model_line(&m->child))) {
			int taken = take_line(s, job, line, err);
			if (taken < 0) {
				child_model_end(&m->child, 0);
				return -1;
			}
			results |= taken;
		}
		if (sample_paused(s, job)) {
			child_model_end(&m->child, 0);
			return 2;
		}
	}
	child_model_end(&m->child, 10);
	collector_plan_gaps(job->c);
	return results;
}

static enum sample_end map_sample(
	struct sampler *s, struct sample *job, struct strbuf *err)
{
	struct map_state *m = s->state;
	unsigned empty = 0;

	free(m->begin);
	m->begin = job->progress ? progress_path(job->progress, "begin.tmp")
				 : xstrdup("cwabc-begin.tmp");
	if (m->begin[0] != '/') {
		char *cwd = realpath(".", NULL),
		     *full = xasprintf("%s/%s", cwd, m->begin);
		free(cwd);
		free(m->begin);
		m->begin = full;
	}
	if (map_file_write(m->begin, s->problem, job->in, err) || make_command(s, err)) {
		return SAMPLE_ERROR;
	}
	while (collector_state(job->c) == COLLECT_MORE) {
		int got = run_round(s, job, err);

		if (got < 0) {
			return SAMPLE_ERROR;
		}
		if (got == 2) {
			return SAMPLE_PAUSED;
		}
		empty = got ? 0 : empty + 1;
		if (empty == MOST_EMPTY_ROUNDS) {
			fail(err,
				"the map command gave no result three times%s; it was: %s",
				m->odd.buf, m->command.buf);
			return SAMPLE_ERROR;
		}
	}
	return SAMPLE_DONE;
}

const struct sampler_ops sampler_map_ops = {
	.name = "map",
	.open = map_open,
	.sample = map_sample,
	.close = map_close,
};
