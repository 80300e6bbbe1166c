#include "small_run.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "sys/clock.h"
#include "sys/fs.h"
#include "sys/tempfile.h"

static int build(void *ctx, uint32_t job, uint32_t attempt, struct arena *arena,
	struct job_spec *ret, const char **ret_error)
{
	struct small_run *s = ctx;
	const struct small_job *j = &s->jobs[job];
	if (j->error) {
		*ret_error = j->error;
		return -1;
	}
	if (j->skip) {
		return 1;
	}
	uint32_t outputs = 0;
	while (outputs < 4 && j->outputs[outputs].path) {
		outputs++;
	}
	const char **logs = ARENA_ARRAY(arena, const char *, 1);
	logs[0] = j->log;
	*ret = (struct job_spec){
		.kind = j->text   ? COMMAND_SHELL
			: j->argv ? COMMAND_ARGV
				  : COMMAND_NONE,
		.shell = s->shell ? s->shell : "bash",
		.shell_prefix = sv_from(s->prefix ? s->prefix : "set -euo pipefail;"),
		.text = sv_from(j->text ? j->text : ""),
		.argv = j->argv,
		.env = j->env,
		.env_count = j->env_count,
		.threads = j->threads ? j->threads : 1,
		.timeout_s = j->timeout_s,
		.outputs = j->outputs,
		.output_count = outputs,
		.logs = logs,
		.log_count = j->log ? 1 : 0,
		.benchmark = j->benchmark,
		.rule = arena_printf(arena, "rule%u", job),
		.wildcards = "",
	};
	s->attempts[job] = attempt;
	return 0;
}

static void starting(void *ctx, const struct job_spec *spec)
{
	(void)ctx;
	(void)spec;
}

static void ended(void *ctx, const struct job_spec *spec, const struct job_result *result)
{
	struct small_run *s = ctx;
	s->outcome[spec->job] = result->outcome;
	s->code[spec->job] = result->code;
	s->usage[spec->job] = result->usage;
}

static bool keeps_temp(void *ctx, uint32_t job, const char *path)
{
	(void)ctx;
	(void)job;
	return strcmp(path, "asked") == 0;
}

int small_run(struct small_run *s)
{
	uint32_t pending[SMALL_MOST] = {0}, dependents[SMALL_MOST * SMALL_MOST];
	uint64_t start[SMALL_MOST + 1] = {0};
	uint8_t wanted[SMALL_MOST];
	struct sched_class classes[SMALL_MOST] = {0};
	uint32_t class_of[SMALL_MOST];
	uint64_t edges = 0;
	for (uint32_t j = 0; j < s->count; j++) {
		wanted[j] = 1;
		class_of[j] = j;
		classes[j].amount[0] = s->jobs[j].threads ? s->jobs[j].threads : 1;
		classes[j].retries = s->jobs[j].retries;
		pending[j] = s->jobs[j].needs ? (uint32_t)strlen(s->jobs[j].needs) : 0;
		start[j] = edges;
		for (uint32_t d = 0; d < s->count; d++) {
			if (s->jobs[d].needs && strchr(s->jobs[d].needs, '0' + (int)j)) {
				dependents[edges++] = d;
			}
		}
	}
	start[s->count] = edges;
	struct sched_graph graph = {
		.job_count = s->count,
		.pending = pending,
		.dependents_start = start,
		.dependents = dependents,
		.wanted = wanted,
		.class_of = class_of,
		.classes = classes,
		.class_count = s->count,
		.resource_count = 1,
		.limit = {s->cores ? s->cores : 2},
		.keep_going = s->keep_going,
	};
	int fd = tempfile_unnamed("/tmp");
	struct report_options report = {.fd = fd};
	struct reporter *reporter = s->reporter ? s->reporter : report_plain_new(&report);
	if (mkdir(".cwflow", 0700) < 0 && !fs_exists(".cwflow")) {
		return -1;
	}
	struct run_options o = {
		.graph = &graph,
		.source = {.ctx = s,
			.build = build,
			.starting = starting,
			.ended = ended,
			.keeps_temp = keeps_temp},
		.reporter = reporter,
		.cores = s->cores ? s->cores : 2,
		.tools_dir = s->tools_dir,
		.state_dir = ".cwflow",
		.grace_ns = s->grace_ns ? s->grace_ns : 5 * NS_PER_S,
		.latency_wait_s = 5,
		.keep_incomplete = s->keep_incomplete,
		.notemp = s->notemp,
	};
	int rc = run_jobs(&o, &s->result);
	if (!s->reporter) {
		reporter->free(reporter);
	}
	strbuf_init(&s->said);
	struct stat st;
	if (fstat(fd, &st) == 0 && st.st_size > 0) {
		strbuf_grow(&s->said, (size_t)st.st_size);
		ssize_t n = pread(fd, s->said.buf, (size_t)st.st_size, 0);
		strbuf_setlen(&s->said, n > 0 ? (size_t)n : 0);
		s->said.buf[s->said.len] = '\0';
	}
	close(fd);
	return rc;
}

void small_run_release(struct small_run *s)
{
	strbuf_release(&s->said);
}
