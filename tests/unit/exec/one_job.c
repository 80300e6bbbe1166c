#include "one_job.h"

#include "base/xalloc.h"
#include "exec/executor_local.h"
#include "sys/clock.h"
#include "sys/fs.h"
#include "sys/loop.h"

struct waiting {
	struct one_job *job;
	struct executor *executor;
	struct loop *loop;
	bool done, asked;
};

static void finished(void *ctx, const struct job_result *result)
{
	struct waiting *w = ctx;
	w->done = true;
	w->job->result = *result;
	w->job->output = xmemdup0(result->output.p, result->output.n);
	w->job->result.output.p = w->job->output;
	w->job->text = result->text ? xstrdup(result->text) : NULL;
	w->job->result.text = w->job->text;
}

static void cancel(void *ctx)
{
	struct waiting *w = ctx;
	if (w->job->cancel_when && !fs_exists(w->job->cancel_when)) {
		loop_add_timer(w->loop, clock_monotonic_ns(&clock_real) + 10 * NS_PER_MS,
			cancel, w);
		return;
	}
	w->executor->ops->cancel(w->executor, w->job->spec.job, w->asked);
	if (!w->asked) {
		w->asked = true;
		int64_t at = clock_monotonic_ns(&clock_real) +
			     w->job->cancel_after_ms * NS_PER_MS;
		loop_add_timer(w->loop, at, cancel, w);
	}
}

struct one_job one_job(const char *text)
{
	return (struct one_job){
		.spec = {.job = 5,
			.attempt = 1,
			.kind = COMMAND_SHELL,
			.shell = "bash",
			.shell_prefix = SV_INIT("set -euo pipefail;"),
			.text = sv_from(text),
			.threads = 1},
	};
}

void one_job_run(struct one_job *j)
{
	struct waiting w = {.job = j, .loop = loop_new()};
	struct local_options o = {
		.loop = w.loop,
		.slots = 2,
		.spill_dir = ".",
		.grace_ns = 300 * NS_PER_MS,
		.always_shell = j->always_shell,
	};
	int64_t start = clock_monotonic_ns(&clock_real);
	w.executor = executor_local_new(&o);
	w.executor->finished = finished;
	w.executor->ctx = &w;
	w.executor->ops->submit(w.executor, &j->spec);
	if (j->cancel_after_ms) {
		loop_add_timer(
			w.loop, start + j->cancel_after_ms * NS_PER_MS, cancel, &w);
	}
	while (!w.done) {
		loop_turn(w.loop, INT64_MAX);
	}
	j->seconds = (double)(clock_monotonic_ns(&clock_real) - start) / 1e9;
	w.executor->ops->free(w.executor);
	loop_free(w.loop);
}
