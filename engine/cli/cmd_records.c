/* Commands that lay the records over the graph: --why, --summary, --detailed-summary. */
#include "cli/rounds.h"
#include "cli/session.h"
#include "job/job_spec_build.h"
#include "view/view_records.h"

static int plan(struct session *s)
{
	return rounds_plan(s, STATE_LOOK);
}

int cmd_why(struct session *s)
{
	if (*s->o.why) {
		vec_push(&s->o.targets, s->o.why);
	}
	if (!s->o.targets.n) {
		diag_error(&s->sink, "CW-E504", (struct span){0},
			"--why wants a file: --why results/table.csv");
		return EXIT_WRONG;
	}
	int rc = plan(s);
	if (rc != EXIT_DONE) {
		return rc;
	}
	for (size_t i = 0; i < s->dag.targets.n && rc == 0; i++) {
		rc = view_why(&s->plan, s->dag.targets.v[i], stdout);
	}
	for (size_t i = 0; i < s->dag.target_jobs.n && rc == 0; i++) {
		rc = view_why_job(&s->plan, s->dag.target_jobs.v[i], stdout);
	}
	return session_written(s, rc);
}

struct commands {
	struct job_context context;
	struct arena arena;
};

static void add_command(void *ctx, uint32_t job, struct strbuf *out)
{
	struct commands *c = ctx;
	struct job_spec spec;
	const char *error;
	struct arena_mark mark = arena_mark(&c->arena);
	if (job_spec_build(&c->context, &c->arena, job, 1, &spec, &error) == 0) {
		char *const *argv = spec.shown_argv ? spec.shown_argv : spec.argv;
		if (spec.kind == COMMAND_SHELL && spec.shown) {
			strbuf_addstr(out, spec.shown);
		} else if (spec.kind == COMMAND_SHELL) {
			strbuf_addsv(out, spec.text);
		}
		for (uint32_t i = 0; spec.kind == COMMAND_ARGV && argv[i]; i++) {
			strbuf_addf(out, i ? " %s" : "%s", argv[i]);
		}
	}
	arena_pop(&c->arena, mark);
}

/* Outputs that nobody needs were not looked at for the plan. */
static void look_at_outputs(struct dag *d)
{
	for (uint32_t j = 0; j < d->job_count; j++) {
		const uint32_t *files = dag_products(d, j);
		for (uint32_t k = 0; k < dag_rule(d, j)->output_count; k++) {
			d->file_flags[files[k]] |= FILE_NEEDED;
		}
	}
	dag_stat(d);
}

int cmd_summary(struct session *s)
{
	int rc = plan(s);
	if (rc != EXIT_DONE) {
		return rc;
	}
	look_at_outputs(&s->dag);
	struct commands c;
	job_context_init(&c.context, &s->dag, &s->sink);
	c.context.cores = s->cores;
	arena_init(&c.arena);
	rc = view_summary(&s->plan, s->o.detailed_summary, add_command, &c, stdout);
	job_context_release(&c.context);
	arena_release(&c.arena);
	return session_written(s, rc);
}
