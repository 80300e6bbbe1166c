/* --touch, --accept: outputs are declared up to date without running anything; with -n they
 * are only named. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "cli/job_builder.h"
#include "cli/recorder.h"
#include "cli/session.h"
#include "sys/clock.h"

struct toucher {
	struct session *s;
	struct recorder recorder;
	struct job_builder builder;
	uint32_t touched, missing, failed;
};

/* Whether a file is known to have been there, and to go again once it is not needed. */
static bool is_removed_temp(
	const struct toucher *t, const struct product *p, uint32_t file)
{
	const struct records *r = t->s->records;
	uint32_t id = r ? state_file_of(&r->state, file) : STATE_NONE;
	return p->flags & PRODUCT_TEMP && id != STATE_NONE &&
	       r->state.files.v[id].content.kind;
}

/* Whether all outputs are there, or were; says which is not. */
static bool is_complete(struct toucher *t, uint32_t job)
{
	const struct dag *d = &t->s->dag;
	const uint32_t *files = dag_products(d, job);
	struct stat st;
	for (uint32_t k = 0; k < dag_rule(d, job)->output_count; k++) {
		struct strview path = dag_path(d, files[k]);
		if (stat(path.p, &st) != 0 &&
			!is_removed_temp(t, &dag_rule(d, job)->products[k], files[k])) {
			diag_warning(&t->s->sink, "CW-W601", (struct span){0},
				"\"" SV_FMT
				"\" is not there, and is not made by marking it",
				SV_ARG(path));
			t->missing++;
			return false;
		}
	}
	return true;
}

/* Gives the outputs a new time, so that they count as new without records too. */
static int set_times(struct toucher *t, const struct job_spec *spec)
{
	for (uint32_t i = 0; i < spec->output_count; i++) {
		if (utimensat(AT_FDCWD, spec->outputs[i].path, NULL, 0) != 0 &&
			errno != ENOENT) { /* a temporary one */
			t->failed++;
			return diag_system(&t->s->sink, "CW-E303", errno,
				spec->outputs[i].path, "set the time of");
		}
	}
	return 0;
}

static void say_outputs(const struct job_spec *spec)
{
	for (uint32_t i = 0; i < spec->output_count; i++) {
		struct strbuf shown = STRBUF_INIT;
		escape_for_terminal(&shown, sv_from(spec->outputs[i].path));
		printf("would mark %s\n", shown.buf);
		strbuf_release(&shown);
	}
}

static void touch_job(struct toucher *t, uint32_t job, bool with_time)
{
	struct job_spec spec;
	const char *error = NULL;
	if (!dag_rule(&t->s->dag, job)->output_count || !is_complete(t, job)) {
		return;
	}
	if (job_builder_make(&t->builder, job, &spec, &error) != 0) {
		diag_error(&t->s->sink, "CW-E306", (struct span){0}, "%s", error);
		t->failed++;
	} else if (t->s->o.dry_run) {
		say_outputs(&spec);
		t->touched++;
	} else if (!with_time || set_times(t, &spec) == 0) {
		struct job_result result = {.job = job, .outcome = JOB_OK};
		result.usage.end_ns = clock_wall_ns(&clock_real);
		result.usage.seconds = -1; /* it did not run */
		spec.job = job;
		recorder_starting(&t->recorder, &spec);
		recorder_ended(&t->recorder, &spec, &result);
		t->touched++;
	}
}

/* --accept: the jobs of these files. */
static void accept_files(struct toucher *t)
{
	struct session *s = t->s;
	struct strbuf scratch = STRBUF_INIT;
	for (size_t i = 0; i < s->o.accept.n; i++) {
		struct strview name = sv_from(s->o.accept.v[i]);
		uint32_t file = dag_intern_path(&s->dag, name, &scratch);
		if (file < s->dag.file_cap && s->dag.producer[file] != DAG_NONE) {
			touch_job(t, s->dag.producer[file], false);
		} else {
			diag_error(&s->sink, "CW-E420", (struct span){0},
				"--accept: \"" SV_FMT "\" is made by no job",
				SV_ARG(name));
			t->failed++;
		}
	}
	strbuf_release(&scratch);
}

static void touch_wanted(struct toucher *t)
{
	const struct dag *d = &t->s->dag;
	for (uint32_t i = 0; i < d->job_count; i++) {
		uint32_t job = d->order[i];
		if (t->s->plan.reasons[job]) {
			touch_job(t, job, true);
		}
	}
}

void touch_targets(struct session *s)
{
	for (size_t i = 0; i < s->o.accept.n; i++) {
		vec_push(&s->o.targets, s->o.accept.v[i]);
	}
}

int touch_outputs(struct session *s)
{
	struct toucher t = {.s = s};
	recorder_init(&t.recorder, s->records, &s->plan, s->arguments.buf, s->wf.file);
	job_builder_init(&t.builder, s);
	recorder_begin(&t.recorder);
	if (s->o.accept.n) {
		accept_files(&t);
	} else {
		touch_wanted(&t);
	}
	int rc = t.failed ? EXIT_FAILED : EXIT_DONE;
	recorder_end(&t.recorder, rc);
	session_tell(s);
	if (s->o.dry_run) {
		if (!t.touched) {
			printf("nothing to be done\n");
		}
		rc = rc == EXIT_DONE ? session_written(s, 0) : rc;
	} else if (!s->o.quiet) {
		fprintf(stderr, "%u job%s marked up to date\n", (unsigned)t.touched,
			t.touched == 1 ? "" : "s");
	}
	job_builder_release(&t.builder);
	recorder_release(&t.recorder);
	return rc;
}
