/* Commands that lay the records over the graph: --why, --summary, --detailed-summary. */
#include "cli/job_builder.h"
#include "cli/rounds.h"
#include "cli/session.h"
#include "state/redact.h"
#include "view/view_records.h"

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
	int rc = rounds_plan(s, STATE_LOOK);
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

static void add_command(void *ctx, uint32_t job, struct strbuf *out)
{
	struct job_spec spec;
	const char *error;
	if (job_builder_make(ctx, job, &spec, &error) == 0) {
		char *const *argv = spec.shown_argv ? spec.shown_argv : spec.argv;
		if (spec.kind == COMMAND_SHELL && spec.shown) {
			strbuf_addstr(out, spec.shown);
		} else if (spec.kind == COMMAND_SHELL) {
			strbuf_addsv(out, spec.text);
		}
		for (uint32_t i = 0; spec.kind == COMMAND_ARGV && argv[i]; i++) {
			strbuf_addf(out, i ? " %s" : "%s", argv[i]);
		}
		redact_urls(out);
	}
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
	int rc = rounds_plan(s, STATE_LOOK);
	if (rc != EXIT_DONE) {
		return rc;
	}
	look_at_outputs(&s->dag);
	struct job_builder builder;
	job_builder_init(&builder, s);
	rc = view_summary(&s->plan, s->o.detailed_summary, add_command, &builder, stdout);
	job_builder_release(&builder);
	return session_written(s, rc);
}
