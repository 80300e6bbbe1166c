#include "cli/cluster_settings.h"

#include "base/edit_distance.h"
#include "base/number.h"
#include "cli/session.h"
#include "yaml/yaml_tree.h"

enum { JOBS_USUAL = 100, ARRAY_USUAL = 1000, LOST_USUAL_S = 60 };

void cluster_settings_init(struct cluster_settings *c)
{
	*c = (struct cluster_settings){.array_most = ARRAY_USUAL, .lost_s = LOST_USUAL_S};
}

void cluster_settings_release(struct cluster_settings *c)
{
	vec_release(&c->words);
	vec_release(&c->states.words);
}

const struct cluster_word *cluster_word_find(
	const struct cluster_settings *c, struct strview name)
{
	for (size_t i = 0; i < c->words.n; i++) {
		if (sv_eq(c->words.v[i].name, name)) {
			return &c->words.v[i];
		}
	}
	return NULL;
}

static struct span span_of(const void *ctx, size_t off, size_t len)
{
	const struct cluster_text *t = ctx;
	return t->node ? yaml_span_in(t->sources, t->node, off, len) : t->span;
}

/* {cluster.KEY} is part of the command, not one word of it. */
static int set_words_raw(struct session *s, struct cluster_text *text, bool is_word)
{
	for (uint32_t i = 0; i < text->t.count; i++) {
		struct piece *p = &text->t.pieces[i];
		if (p->kind != PIECE_EXPR || p->expr->op != EXPR_REF ||
			p->expr->ref->kind != REF_EXTRA ||
			!sv_eq_str(p->expr->ref->name, "cluster")) {
			continue;
		}
		const struct ref *ref = p->expr->ref;
		if (is_word || ref->step_count != 1 || !ref->steps[0].name.n) {
			return diag_error(&s->sink, "CW-E521", text->span,
				is_word ? "a word of `cluster:` cannot use another: write "
					  "out {cluster...} in \"" SV_FMT "\""
					: "{cluster...} takes one name, as in "
					  "{cluster.queue}, in \"" SV_FMT "\"",
				SV_ARG(text->text));
		}
		if (p->format == FORMAT_NONE) {
			p->format = FORMAT_RAW;
		}
	}
	return 0;
}

static int no_word(
	struct session *s, const struct cluster_text *text, struct strview name)
{
	const struct cluster_settings *c = &s->cluster;
	struct nearest near;
	nearest_init(&near, name);
	for (size_t i = 0; i < c->words.n; i++) {
		nearest_offer(&near, c->words.v[i].name);
	}
	diag_error(&s->sink, "CW-E521", text->span,
		"`cluster:` of the profile has no \"" SV_FMT "\", which \"" SV_FMT
		"\" asks for",
		SV_ARG(name), SV_ARG(text->text));
	nearest_note(&near, &s->sink);
	return -1;
}

/* What a command asks for is there: {cluster.NAME}; `of_ids`: nothing of a job, since it is
 * told of many. */
static int check_refs(struct session *s, const struct cluster_text *text, bool of_ids)
{
	int rc = 0;
	for (uint32_t i = 0; i < text->t.count; i++) {
		const struct piece *p = &text->t.pieces[i];
		const struct ref *ref = p->kind == PIECE_EXPR && p->expr->op == EXPR_REF
						? p->expr->ref
						: NULL;
		if (!ref) {
			continue;
		}
		if (ref->kind == REF_EXTRA && sv_eq_str(ref->name, "cluster")) {
			struct strview name = ref->steps[0].name;
			rc |= cluster_word_find(&s->cluster, name)
				      ? 0
				      : no_word(s, text, name);
		} else if (of_ids && ref->kind != REF_EXTRA && ref->kind != REF_JOBID &&
			   ref->kind != REF_ENV) {
			rc = diag_error(&s->sink, "CW-E521", text->span,
				"status and cancel commands may use {jobids}, {jobid}, "
				"{cluster.NAME} and {env.NAME} only, this is \"" SV_FMT
				"\"",
				SV_ARG(text->text));
		}
	}
	return rc;
}

static int parse(struct session *s, struct cluster_text *text, const char *const *names,
	bool is_word)
{
	struct template_origin origin = {.span_of = span_of, .ctx = text};
	if (!text->text.p) {
		return 0;
	}
	text->sources = &s->sources;
	if (template_parse(&s->sink, &s->wf.arena, text->text, TEMPLATE_SHELL, SHELL_SH,
		    names, origin, &text->t) != 0) {
		return -1;
	}
	return set_words_raw(s, text, is_word);
}

static int read_rate(struct session *s, const char *option, const char *text, double *ret)
{
	if (text && (parse_rate(sv_from(text), ret) != 0 || *ret <= 0)) {
		return diag_error(&s->sink, "CW-E504", (struct span){0},
			"%s takes a rate as 10/s or 6/m, this is \"%s\"", option, text);
	}
	return 0;
}

static int read_count(struct session *s, const char *option, const char *text,
	int64_t usual, int64_t *ret)
{
	*ret = usual;
	if (text && strcmp(text, "all") != 0 &&
		(parse_i64(sv_from(text), ret) != 0 || *ret < 1 || *ret > 1000000)) {
		return diag_error(&s->sink, "CW-E504", (struct span){0},
			"%s takes a number from 1 on, this is \"%s\"", option, text);
	}
	return 0;
}

/* A text of the command line wins over one of a profile. */
static void take(struct cluster_text *t, const char *option)
{
	if (option) {
		*t = (struct cluster_text){.text = sv_from(option)};
	}
}

/* Whether the template has a reference to `name`. */
static bool mentions(const struct cluster_text *text, const char *name)
{
	for (uint32_t i = 0; i < text->t.count; i++) {
		const struct piece *p = &text->t.pieces[i];
		if (p->kind == PIECE_EXPR && p->expr->op == EXPR_REF &&
			p->expr->ref->kind == REF_EXTRA &&
			sv_eq_str(p->expr->ref->name, name)) {
			return true;
		}
	}
	return false;
}

int cluster_settings_read(struct session *s)
{
	static const char *const submit_names[] = {"jobscript", "name", "dependencies",
		"cluster", "tag", "joblog", "array_size", NULL};
	static const char *const id_names[] = {"jobids", "cluster", NULL};
	struct cluster_settings *c = &s->cluster;
	take(&c->submit, s->o.cluster);
	take(&c->status, s->o.cluster_status);
	take(&c->cancel, s->o.cluster_cancel);
	c->on = c->submit.text.p != NULL;
	c->statuses_per_second = 0.1;
	int rc = read_rate(
		s, "--max-submit-rate", s->o.max_submit_rate, &c->submits_per_second);
	rc |= read_rate(
		s, "--max-status-rate", s->o.max_status_rate, &c->statuses_per_second);
	if (!c->on) {
		return rc;
	}
	if (!c->submit.text.p[strspn(c->submit.text.p, " \t\n")]) {
		return diag_error(&s->sink, "CW-E521", c->submit.span,
			"the command that submits a job is empty");
	}
	rc |= parse(s, &c->submit, submit_names, false) |
	      parse(s, &c->status, id_names, false) |
	      parse(s, &c->cancel, id_names, false);
	for (size_t i = 0; i < c->words.n; i++) {
		rc |= parse(s, &c->words.v[i].value, submit_names, true);
	}
	if (rc == 0) { /* else there are no references yet */
		rc = check_refs(s, &c->submit, false) | check_refs(s, &c->status, true) |
		     check_refs(s, &c->cancel, true);
	}
	c->status_one_by_one = !mentions(&c->status, "jobids");
	if (c->array && !c->array_id) {
		rc |= diag_error(&s->sink, "CW-E521", c->submit.span,
			"`array: true` needs `array-id`, how the scheduler calls a member: "
			"\"{id}_{n}\" for Slurm");
	}
	bool by_both = s->o.both && (!s->o.jobs || s->profile_jobs);
	rc |= read_count(
		s, "--jobs", by_both ? s->o.both : s->o.jobs, JOBS_USUAL, &c->jobs);
	rc |= read_count(s, "--max-threads", s->o.max_threads, 0, &c->max_threads);
	rc |= read_count(
		s, "--bundle-minutes", s->o.bundle_minutes, 0, &c->bundle_minutes);
	return rc;
}
