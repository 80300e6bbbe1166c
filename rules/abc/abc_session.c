#include "abc/abc_session.h"

#include <errno.h>
#include <unistd.h>

#include "abc/history.h"
#include "base/xalloc.h"
#include "sys/cpus.h"

/* The signal that asked for a pause; handlers can reach nothing else. */
static volatile sig_atomic_t pause_signal;

static void on_signal(int number)
{
	pause_signal = number;
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

enum abc_exit session_fail(struct session *s)
{
	return abc_error("%s", s->err.buf);
}

/* Which sampler; *ret_tickets: static scheduling. */
static const struct sampler_ops *choose_sampler(
	const struct abc_options *o, bool *ret_tickets, struct sampler_options *ret)
{
	const char *name = o->sampler    ? o->sampler
			   : o->mpi      ? "mpi"
			   : o->jobs > 1 ? "dynamic"
					 : "single";

	*ret = (struct sampler_options){.jobs = o->jobs ? o->jobs
						: strcmp(name, "single") == 0
							? 1
							: cpus_allowed(),
		.batch = o->batch,
		.quiet = o->quiet,
		.redis = o->redis,
		.map_command = o->map_command};
	*ret_tickets = strcmp(name, "static") == 0 || strcmp(name, "redis-static") == 0;
	if (o->mpi && (strcmp(name, "mpi") == 0 || strcmp(name, "mpi-static") == 0)) {
		*ret_tickets = strcmp(name, "mpi-static") == 0;
		return o->mpi;
	}
	if (strncmp(name, "redis", 5) == 0 && (name[5] == '\0' || *ret_tickets)) {
		return &sampler_redis_ops;
	}
	if (strcmp(name, "map") == 0) {
		return &sampler_map_ops;
	}
	if (strcmp(name, "single") == 0) {
		return &sampler_single_ops;
	}
	return *ret_tickets || strcmp(name, "dynamic") == 0 ? &sampler_fork_ops : NULL;
}

enum abc_exit session_open(struct session *s, const struct abc_options *o)
{
	struct sampler_options ignored;

	*s = (struct session){.options = o};
	strbuf_init(&s->err);
	source_set_init(&s->sources);
	diag_sink_init(&s->sink, &s->sources);
	s->sink.program = "cwabc";
	s->smc.problem = &s->problem;
	s->smc.archive = &s->archive;
	s->smc.fingerprint = &s->fingerprint;
	if (o->sampler && !choose_sampler(o, &s->smc.tickets, &ignored)) {
		if (strcmp(o->sampler, "mpi") == 0 ||
			strcmp(o->sampler, "mpi-static") == 0) {
			abc_error(
				"the sampler \"%s\" is cwabc-mpi's: mpirun -n N cwabc-mpi "
				"run ...",
				o->sampler);
		} else {
			abc_error("no sampler is called \"%s\"; there are single, "
				  "dynamic, static, redis, redis-static, map, and with "
				  "cwabc-mpi mpi and mpi-static",
				o->sampler);
		}
		return ABC_USAGE;
	}
	if (o->sampler && strcmp(o->sampler, "single") == 0 && o->jobs > 1) {
		abc_error(
			"the sampler \"single\" has one process; -j %u wants \"dynamic\"",
			o->jobs);
		return ABC_USAGE;
	}
	if (problem_load(&s->problem, o->operand[0], &s->sink)) {
		diag_print(
			&s->sink, stderr, isatty(STDERR_FILENO) && !getenv("NO_COLOR"));
		return ABC_USAGE;
	}
	choose_sampler(o, &s->smc.tickets, &ignored);
	s->smc.tickets = s->smc.tickets && !s->problem.budget;
	archive_init(&s->archive, &s->problem);
	s->archive.tickets = s->smc.tickets;
	if (fingerprint_init(&s->fingerprint, &s->problem, s->smc.tickets, &s->err)) {
		session_fail(s);
		return ABC_USAGE;
	}
	s->smc.say = o->quiet ? NULL : stderr;
	return ABC_OK;
}

void session_release(struct session *s)
{
	if (s->sampler.ops) {
		sampler_close(&s->sampler);
	}
	history_writer_release(&s->writer);
	if (s->has_progress) {
		progress_close(&s->progress);
	}
	archive_release(&s->archive);
	fingerprint_release(&s->fingerprint);
	problem_release(&s->problem);
	diag_sink_release(&s->sink);
	source_set_release(&s->sources);
	strbuf_release(&s->err);
}

enum abc_exit session_start(struct session *s)
{
	const struct abc_options *o = s->options;
	struct sampler_options options;
	const struct sampler_ops *ops = choose_sampler(o, &s->smc.tickets, &options);

	s->smc.tickets = s->archive.tickets;
	s->has_progress = true;
	if (progress_open(&s->progress, o->output, NULL, &s->err)) {
		return session_fail(s);
	}
	if (o->restart) {
		progress_clear(&s->progress);
	}
	char *file = progress_path(&s->progress, "run.db");
	history_writer_init(&s->writer, &s->archive, file);
	free(file);
	s->smc.progress = &s->progress;
	s->smc.writer = &s->writer;
	s->smc.sampler = &s->sampler;
	s->smc.stop = &pause_signal;
	if (s->problem.stop.max_walltime > 0) {
		s->smc.deadline = monotonic_seconds() + s->problem.stop.max_walltime;
	}
	catch_signals();
	if (sampler_open(
		    &s->sampler, ops, &s->problem, &options, &s->progress, &s->err)) {
		return session_fail(s);
	}
	s->sampler.be_alone = history_writer_wait;
	s->sampler.be_alone_arg = &s->writer;
	return ABC_OK;
}

enum abc_exit session_finish(struct session *s)
{
	struct history_writer *w = &s->writer;
	const char *output = s->options->output;

	if (history_writer_finish(w, &s->archive, &s->fingerprint, &s->err)) {
		return session_fail(s);
	}
	if (rename(w->path, output)) {
		return abc_error(
			"cannot rename %s to %s: %s", w->path, output, strerror(errno));
	}
	progress_remove(&s->progress);
	s->has_progress = false;
	return ABC_OK;
}

enum abc_exit session_paused(struct session *s)
{
	int number = pause_signal;

	s->progress.stays = true;
	if (number) {
		fprintf(stderr, "cwabc: interrupted; the same command goes on from %s\n",
			s->progress.dir);
		return (enum abc_exit)(128 + number);
	}
	fprintf(stderr, "cwabc: max_walltime is over; the same command goes on from %s\n",
		s->progress.dir);
	return ABC_UNFINISHED;
}
