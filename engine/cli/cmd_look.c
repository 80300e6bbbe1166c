/* Commands that only look: -n, --dag, --rulegraph, --filegraph, --list-rules. */
#include "cli/job_builder.h"
#include "cli/refusals.h"
#include "cli/rounds.h"
#include "cli/run_classes.h"
#include "cli/session.h"
#include "sched/job_words.h"
#include "view/view.h"

/* -n -p: the command of a job. */
static void add_command(void *ctx, uint32_t job, struct strbuf *out)
{
	struct job_spec spec;
	const char *error;
	if (job_builder_make(ctx, job, &spec, &error) == 0) {
		struct strbuf words = STRBUF_INIT;
		job_words_command(&words, &spec);
		if (words.len) {
			strbuf_addstr(out, "    command: ");
			escape_for_terminal(out, strbuf_sv(&words));
			strbuf_addch(out, '\n');
		}
		strbuf_release(&words);
	} else {
		strbuf_addf(out, "    error: %s\n", error);
	}
}

int cmd_dry_run(struct session *s)
{
	touch_targets(s);
	int rc = rounds_plan(s, STATE_LOOK);
	if (rc == EXIT_DONE && (s->o.touch || s->o.accept.n)) {
		return touch_outputs(s);
	}
	rc = rc == EXIT_DONE ? refuse_missing_scripts(s) : rc;
	if (rc != EXIT_DONE) {
		return rc;
	}
	refuse_protected(s, true);
	struct job_builder builder;
	job_builder_init(&builder, s);
	if (s->o.resources.n && run_classes_check(s, &builder.context) != 0) {
		job_builder_release(&builder);
		return EXIT_WRONG;
	}
	struct view_plan_options o = {.counts_only = s->o.quiet, .ctx = &builder};
	o.describe = s->o.print_commands ? add_command : NULL;
	rc = session_written(s, view_plan(&s->plan, &o, stdout));
	uint32_t waiting = rounds_waiting(s);
	if (waiting && rc == EXIT_DONE) {
		fprintf(stderr,
			"%u job%s known only when others are done: more may follow\n",
			(unsigned)waiting,
			waiting == 1 ? " has inputs that are" : "s have inputs that are");
	}
	job_builder_release(&builder);
	return rc;
}

int cmd_graph(struct session *s)
{
	int rc = rounds_plan(s, STATE_LOOK);
	if (rc != EXIT_DONE) {
		return rc;
	}
	const char *form = s->o.dag;
	if (s->o.rulegraph) {
		rc = view_rulegraph_dot(&s->plan, stdout);
	} else if (s->o.filegraph) {
		rc = view_filegraph_dot(&s->plan, stdout);
	} else if (!*form || strcmp(form, "dot") == 0) {
		rc = view_dag_dot(&s->plan, stdout);
	} else if (strcmp(form, "json") == 0) {
		rc = view_dag_json(&s->plan, stdout);
	} else if (strcmp(form, "mermaid") == 0) {
		rc = view_dag_mermaid(&s->plan, stdout);
	} else {
		diag_error(&s->sink, "CW-E504", (struct span){0},
			"--dag is there as dot, json and mermaid, not as \"%s\"", form);
		return EXIT_WRONG;
	}
	return session_written(s, rc);
}

int cmd_list_rules(struct session *s)
{
	for (uint32_t i = 0; i < s->wf.rule_count; i++) {
		printf(SV_FMT "\n", SV_ARG(s->wf.rules[i].name));
	}
	return session_written(s, 0);
}
