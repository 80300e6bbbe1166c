#include "cli/refusals.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "dag/behind.h"
#include "job/job_values.h"
#include "sys/fs.h"
#include "sys/path.h"

enum { LISTED_MOST = 20 };

/* --- scripts --------------------------------------------------------------------------- */

static bool has_wildcards(const struct text *t)
{
	for (uint32_t i = 0; i < t->t.count; i++) {
		const struct piece *p = &t->t.pieces[i];
		if (p->kind != PIECE_EXPR) {
			continue;
		}
		if (p->expr->op != EXPR_REF || p->expr->ref->kind == REF_WILDCARD) {
			return true;
		}
		for (uint32_t k = 0; k < p->expr->ref->step_count; k++) {
			if (p->expr->ref->steps[k].inner) {
				return true;
			}
		}
	}
	return false;
}

/* Whether some rule's output, or a file in a folder that one makes, is this. */
static bool is_made(const struct workflow *wf, struct strview path)
{
	struct strview values[WILDCARDS_MOST];
	struct strbuf part = STRBUF_INIT;
	bool made = false;
	strbuf_addsv(&part, path);
	for (;;) {
		for (uint32_t i = 0; i < wf->rule_count && !made; i++) {
			const struct rule *rule = &wf->rules[i];
			for (uint32_t k = 0; k < rule->output_count && !made; k++) {
				made = pattern_match(rule->products[k].pattern,
					       strbuf_sv(&part), values) == MATCH_YES;
			}
		}
		const char *slash = memrchr(part.buf, '/', part.len);
		if (made || !slash || slash == part.buf) {
			break;
		}
		strbuf_setlen(&part, (size_t)(slash - part.buf));
	}
	strbuf_release(&part);
	return made;
}

/* The rule's script at `path`, as it says it. */
static int check_script(struct diag_sink *sink, const struct workflow *wf,
	const struct rule *rule, struct strview path)
{
	struct strbuf whole = STRBUF_INIT, normal = STRBUF_INIT;
	int rc = 0;
	path_join(&whole, rule->script_dir, path);
	path_normalise(&normal, strbuf_sv(&whole), wf->workdir);
	if (access(whole.buf, R_OK) != 0 && !is_made(wf, strbuf_sv(&normal))) {
		rc = diag_error(sink, "CW-E041", rule->shell_span,
			"script \"%s\" cannot be read: %s", normal.buf, strerror(errno));
	}
	strbuf_release(&whole);
	strbuf_release(&normal);
	return rc;
}

/* The script of `job`, whose path is the same for all jobs of its rule. */
static int check_job(struct job_context *c, struct arena *arena, uint32_t job)
{
	const struct rule *rule = dag_rule(c->d, job);
	struct strbuf path = STRBUF_INIT;
	struct job_values v;
	struct render_error err = {0};
	int rc = 0;
	if (job_values_init(&v, c, arena, job, 1) == 0 &&
		job_render(&v, &rule->script, true, &path, &err) == 0) {
		rc = check_script(c->sink, c->d->wf, rule, strbuf_sv(&path));
	}
	strbuf_release(&path);
	return rc;
}

/* That of a rule whose jobs are not planned yet, where no job is needed to tell it. */
static int check_rule(struct session *s, const struct rule *rule)
{
	struct strbuf path = STRBUF_INIT;
	const struct template *t = &rule->script.t;
	bool told = true;
	for (uint32_t i = 0; i < t->count && told; i++) {
		const struct piece *p = &t->pieces[i];
		if (p->kind == PIECE_TEXT) {
			strbuf_addsv(&path, p->text);
			continue;
		}
		const struct ref *ref = p->expr->ref;
		told = ref->kind == REF_WORKFLOW_DIR && p->format == FORMAT_NONE;
		if (told) {
			strbuf_addsv(&path, workflow_dir_of(ref, rule->workflow_dir));
		}
	}
	int rc = told ? check_script(&s->sink, &s->wf, rule, strbuf_sv(&path)) : 0;
	strbuf_release(&path);
	return rc;
}

/* Scripts of rules behind jobs that others wait for. */
static int check_later(struct session *s, const bool *due)
{
	bool *behind = xcalloc(s->wf.rule_count, sizeof(*behind));
	int rc = 0;
	dag_rules_behind(&s->dag, behind);
	for (uint32_t r = 0; r < s->wf.rule_count; r++) {
		rc |= due[r] && behind[r] ? check_rule(s, &s->wf.rules[r]) : 0;
	}
	free(behind);
	return rc;
}

int refuse_missing_scripts(struct session *s)
{
	struct job_context c;
	struct arena arena;
	uint32_t left = 0;
	int rc = 0;
	bool *due = xcalloc(s->wf.rule_count, sizeof(*due));
	for (uint32_t r = 0; r < s->wf.rule_count; r++) {
		const struct rule *rule = &s->wf.rules[r];
		due[r] = rule->command_kind == RULE_SCRIPT &&
			 !has_wildcards(&rule->script);
		left += due[r];
	}
	if (left) {
		job_context_init(&c, &s->dag, &s->sink);
		arena_init(&arena);
		for (uint32_t j = 0; j < s->dag.job_count && left; j++) {
			uint32_t r = s->dag.jobs.v[j].rule;
			if (due[r] && s->plan.reasons[j]) {
				due[r] = false;
				left--;
				rc |= check_job(&c, &arena, j);
			}
		}
		arena_release(&arena);
		job_context_release(&c);
		rc |= left && s->dag.waits.n ? check_later(s, due) : 0;
	}
	free(due);
	return rc ? EXIT_WRONG : EXIT_DONE;
}

/* --- protected outputs ----------------------------------------------------------------- */

static bool has_protected(const struct rule *rule)
{
	for (uint32_t k = 0; k < rule->output_count; k++) {
		if (rule->products[k].flags & PRODUCT_PROTECTED) {
			return true;
		}
	}
	return false;
}

static bool is_protected(const char *path)
{
	struct fs_stat st;
	return fs_lstat(AT_FDCWD, path, &st) == 0 &&
	       (st.kind == FS_FILE || st.kind == FS_DIRECTORY) && (st.mode & 0222) == 0;
}

/* The files of `job`, which has not yet begun: an unfinished one protected its own. */
static void list_protected(
	const struct session *s, uint32_t job, struct strbuf *list, uint64_t *n)
{
	const struct rule *rule = dag_rule(&s->dag, job);
	const uint32_t *files = dag_products(&s->dag, job);
	for (uint32_t k = 0; k < rule->output_count; k++) {
		struct strview path = dag_path(&s->dag, files[k]);
		if (rule->products[k].flags & PRODUCT_PROTECTED && is_protected(path.p) &&
			(*n)++ < LISTED_MOST) {
			strbuf_addstr(list, list->len ? ", " : "");
			strbuf_addsv(list, path);
		}
	}
}

int refuse_protected(struct session *s, bool warn)
{
	struct strbuf list = STRBUF_INIT;
	uint64_t n = 0;
	bool any = false;
	for (uint32_t r = 0; r < s->wf.rule_count && !any; r++) {
		any = has_protected(&s->wf.rules[r]);
	}
	for (uint32_t j = 0; any && j < s->dag.job_count; j++) {
		bool runs = s->plan.reasons[j] &&
			    !(s->plan.reasons[j] & REASON_UNFINISHED) &&
			    !(s->plan.maybe && s->plan.maybe[j]);
		if (runs && dag_rule(&s->dag, j)->command_kind != RULE_NOTHING) {
			list_protected(s, j, &list, &n);
		}
	}
	if (n > LISTED_MOST) {
		strbuf_addf(
			&list, " and %llu more", (unsigned long long)(n - LISTED_MOST));
	}
	if (n && warn) {
		diag_warning(&s->sink, "CW-W402", (struct span){0},
			"protected, and so a run would be refused: %s", list.buf);
	} else if (n) {
		diag_error(&s->sink, "CW-E414", (struct span){0},
			"protected, and so nothing is run: %s", list.buf);
	}
	if (n) {
		diag_note(&s->sink, (struct span){0},
			"to make %s again remove %s or make %s writable (chmod +w)",
			n == 1 ? "it" : "them", n == 1 ? "it" : "them",
			n == 1 ? "it" : "them");
	}
	strbuf_release(&list);
	return n && !warn ? EXIT_FAILED : EXIT_DONE;
}
