/*
 * Graphs for Graphviz, as Snakemake draws them: rounded boxes, a colour a rule (hues
 * spread over two thirds of the circle), dashed where a job is up to date, edges from
 * what is needed to what needs it.
 */
#include "view/dot_text.h"
#include "view/out.h"
#include "view/page.h"
#include "view/view.h"

static void add_head(struct strbuf *sb, const char *name)
{
	strbuf_addf(sb,
		"digraph %s {\n"
		"    graph[bgcolor=white, margin=0];\n"
		"    node[shape=box, style=rounded, fontname=sans, fontsize=10, penwidth=2];\n"
		"    edge[penwidth=2, color=grey];\n",
		name);
}

static void add_style(struct strbuf *sb, const struct plan *p, uint32_t rule, bool done)
{
	double hue = (double)rule * 2.0 / (3.0 * (double)p->d->wf->rule_count);
	strbuf_addf(sb, ", color = \"%.2f 0.6 0.85\", style=\"rounded%s\"];\n", hue,
		done ? ",dashed" : "");
}

/* Whether a job right below this one has the same wildcard with the same value. */
static bool inherited(
	const struct dag *d, uint32_t job, struct strview name, struct strview value)
{
	struct strview values[WILDCARDS_MOST];
	uint32_t n;
	const uint32_t *in = dag_inputs(d, job, &n);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t maker = d->producer[INPUT_FILE(in[i])];
		if (maker == DAG_NONE) {
			continue;
		}
		const struct rule *rule = dag_rule(d, maker);
		dag_values(d, maker, values);
		for (uint32_t k = 0; k < rule->wildcard_count; k++) {
			if (sv_eq(rule->wildcards[k], name) && sv_eq(values[k], value)) {
				return true;
			}
		}
	}
	return false;
}

/* What is the same in all jobs of a rule, spelled once: offsets in `text`. */
struct rule_texts {
	struct strbuf text;
	size_t *at; /* [rule * 3]: before the values, behind them to do, and done; then end */
};

static void rule_texts_init(struct rule_texts *t, const struct plan *p)
{
	uint32_t n = p->d->wf->rule_count;
	strbuf_init(&t->text);
	t->at = xreallocarray(NULL, (size_t)n * 3 + 1, sizeof(*t->at));
	for (uint32_t r = 0; r < n; r++) {
		t->at[r * 3] = t->text.len;
		strbuf_addstr(&t->text, "[label = \"");
		dot_escape(&t->text, p->d->wf->rules[r].name);
		t->at[r * 3 + 1] = t->text.len;
		strbuf_addch(&t->text, '"');
		add_style(&t->text, p, r, false);
		t->at[r * 3 + 2] = t->text.len;
		strbuf_addch(&t->text, '"');
		add_style(&t->text, p, r, true);
	}
	t->at[n * 3] = t->text.len;
}

static void rule_texts_release(struct rule_texts *t)
{
	strbuf_release(&t->text);
	free(t->at);
}

static void add_rule_text(
	struct strbuf *sb, const struct rule_texts *t, uint32_t rule, uint32_t which)
{
	const size_t *at = t->at + (size_t)rule * 3 + which;
	strbuf_add(sb, t->text.buf + at[0], at[1] - at[0]);
}

static void add_job(
	struct strbuf *sb, const struct plan *p, const struct rule_texts *t, uint32_t job)
{
	struct strview values[WILDCARDS_MOST];
	const struct rule *rule = dag_rule(p->d, job);
	dag_values(p->d, job, values);
	strbuf_addch(sb, '\t');
	strbuf_addu64(sb, job);
	add_rule_text(sb, t, rule->index, 0);
	for (uint32_t i = 0; i < rule->wildcard_count; i++) {
		if (!inherited(p->d, job, rule->wildcards[i], values[i])) {
			strbuf_addstr(sb, "\\n");
			strbuf_addsv(sb, rule->wildcards[i]);
			strbuf_addstr(sb, ": ");
			dot_escape(sb, values[i]);
		}
	}
	add_rule_text(sb, t, rule->index, p->reasons[job] ? 1 : 2);
}

/* An edge from each job that `job` needs. `last` (by job) tells doubles apart. */
static void add_edges(
	struct strbuf *sb, const struct dag *d, uint32_t job, uint32_t *last)
{
	uint32_t n;
	const uint32_t *in = dag_inputs(d, job, &n);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t maker = d->producer[INPUT_FILE(in[i])];
		if (maker != DAG_NONE && last[maker] != job) {
			last[maker] = job;
			strbuf_addch(sb, '\t');
			strbuf_addu64(sb, maker);
			strbuf_addstr(sb, " -> ");
			strbuf_addu64(sb, job);
			strbuf_addch(sb, '\n');
		}
	}
}

static uint32_t *no_numbers(uint32_t n)
{
	uint32_t *v = xreallocarray(NULL, n, sizeof(*v));
	for (uint32_t i = 0; i < n; i++) {
		v[i] = UINT32_MAX;
	}
	return v;
}

int view_dag_dot(const struct plan *p, FILE *to)
{
	struct strbuf sb = STRBUF_INIT;
	struct rule_texts texts;
	uint32_t *last = no_numbers(p->d->job_count);
	int rc = 0;
	rule_texts_init(&texts, p);
	add_head(&sb, "cwflow_dag");
	for (uint32_t j = 0; j < p->d->job_count && rc == 0; j++) {
		add_job(&sb, p, &texts, j);
		rc = flush(&sb, to, FLUSH_AT);
	}
	for (uint32_t j = 0; j < p->d->job_count && rc == 0; j++) {
		add_edges(&sb, p->d, j, last);
		rc = flush(&sb, to, FLUSH_AT);
	}
	strbuf_addstr(&sb, "}\n");
	rc |= flush(&sb, to, 0);
	rule_texts_release(&texts);
	strbuf_release(&sb);
	free(last);
	return rc;
}

/* Text inside a quoted label: what Mermaid or HTML would read as something else. */
static void add_mermaid(struct strbuf *sb, struct strview s)
{
	for (size_t i = 0; i < s.n; i++) {
		switch (s.p[i]) {
		case '"':
			strbuf_addstr(sb, "#quot;");
			break;
		case '<':
			strbuf_addstr(sb, "#lt;");
			break;
		case '&':
			strbuf_addstr(sb, "#amp;");
			break;
		case '#':
			strbuf_addstr(sb, "#35;");
			break;
		default:
			strbuf_addch(sb, s.p[i]);
		}
	}
}

int view_dag_mermaid(const struct plan *p, FILE *to)
{
	struct strbuf sb = STRBUF_INIT;
	uint32_t *last = no_numbers(p->d->job_count);
	int rc = 0;
	strbuf_addstr(&sb, "flowchart TB\n");
	for (uint32_t j = 0; j < p->d->job_count && rc == 0; j++) {
		struct strbuf words = STRBUF_INIT;
		dag_wildcards_text(p->d, j, &words);
		strbuf_addf(&sb, "\tj%u[\"" SV_FMT "%s", (unsigned)j,
			SV_ARG(dag_rule(p->d, j)->name), words.len ? "<br/>" : "");
		add_mermaid(&sb, strbuf_sv(&words));
		strbuf_addstr(&sb, "\"]\n");
		strbuf_release(&words);
		rc = flush(&sb, to, FLUSH_AT);
	}
	for (uint32_t j = 0; j < p->d->job_count && rc == 0; j++) {
		uint32_t n;
		const uint32_t *in = dag_inputs(p->d, j, &n);
		for (uint32_t i = 0; i < n; i++) {
			uint32_t maker = p->d->producer[INPUT_FILE(in[i])];
			if (maker != DAG_NONE && last[maker] != j) {
				last[maker] = j;
				strbuf_addf(&sb, "\tj%u --> j%u\n", (unsigned)maker,
					(unsigned)j);
			}
		}
		rc = flush(&sb, to, FLUSH_AT);
	}
	rc |= flush(&sb, to, 0);
	strbuf_release(&sb);
	free(last);
	return rc;
}

/* --- graphs of rules ---------------------------------------------------------------- */

struct rule_edges {
	uint32_t n;
	uint8_t *used; /* by rule: it has jobs */
	uint8_t *done; /* by rule: all its jobs are up to date */
	uint8_t *edge; /* [from * n + to] */
};

static void rule_edges_init(struct rule_edges *e, const struct plan *p)
{
	const struct dag *d = p->d;
	e->n = d->wf->rule_count;
	e->used = xcalloc(e->n, 1);
	e->done = xcalloc(e->n, 1);
	e->edge = xcalloc((size_t)e->n * e->n, 1);
	memset(e->done, 1, e->n);
	for (uint32_t j = 0; j < d->job_count; j++) {
		uint32_t rule = d->jobs.v[j].rule, n;
		const uint32_t *in = dag_inputs(d, j, &n);
		e->used[rule] = 1;
		e->done[rule] = e->done[rule] && !p->reasons[j];
		for (uint32_t i = 0; i < n; i++) {
			uint32_t maker = d->producer[INPUT_FILE(in[i])];
			if (maker != DAG_NONE) {
				e->edge[(size_t)d->jobs.v[maker].rule * e->n + rule] = 1;
			}
		}
	}
}

static void rule_edges_release(struct rule_edges *e)
{
	free(e->used);
	free(e->done);
	free(e->edge);
}

static void add_rule_edges(struct strbuf *sb, const struct rule_edges *e)
{
	for (uint32_t from = 0; from < e->n; from++) {
		for (uint32_t to = 0; to < e->n; to++) {
			if (e->edge[(size_t)from * e->n + to]) {
				strbuf_addf(
					sb, "\t%u -> %u\n", (unsigned)from, (unsigned)to);
			}
		}
	}
	strbuf_addstr(sb, "}\n");
}

int view_rulegraph_dot(const struct plan *p, FILE *to)
{
	struct strbuf sb = STRBUF_INIT;
	struct rule_edges e;
	rule_edges_init(&e, p);
	add_head(&sb, "cwflow_rules");
	for (uint32_t r = 0; r < e.n; r++) {
		if (e.used[r]) {
			strbuf_addf(&sb, "\t%u[label = \"", (unsigned)r);
			dot_escape(&sb, p->d->wf->rules[r].name);
			strbuf_addch(&sb, '"');
			add_style(&sb, p, r, e.done[r]);
		}
	}
	add_rule_edges(&sb, &e);
	int rc = flush(&sb, to, 0);
	rule_edges_release(&e);
	strbuf_release(&sb);
	return rc;
}

static void add_row(struct strbuf *sb, struct strview text)
{
	strbuf_addstr(sb, "<tr><td align=\"left\">");
	page_text(sb, text);
	strbuf_addstr(sb, "</td></tr>");
}

static void add_title(struct strbuf *sb, const char *title)
{
	strbuf_addf(sb, "<hr/><tr><td align=\"left\"><i>%s</i></td></tr>", title);
}

static void add_item_rows(struct strbuf *sb, const struct item *item)
{
	if (item->kind == ITEM_PATH) {
		add_row(sb, item->path.t.text);
	}
	for (uint32_t i = 0; item->expand && i < item->expand->pattern_count; i++) {
		add_row(sb, item->expand->patterns[i].t.text);
	}
	for (uint32_t i = 0; i < item->item_count; i++) {
		add_item_rows(sb, &item->items[i]);
	}
}

int view_filegraph_dot(const struct plan *p, FILE *to)
{
	struct strbuf sb = STRBUF_INIT;
	struct rule_edges e;
	rule_edges_init(&e, p);
	strbuf_addstr(&sb, "digraph cwflow_files {\n"
			   "    graph[bgcolor=white, margin=0];\n"
			   "    node[shape=plain, fontname=sans, fontsize=10];\n"
			   "    edge[penwidth=2, color=grey];\n");
	for (uint32_t r = 0; r < e.n; r++) {
		const struct rule *rule = &p->d->wf->rules[r];
		if (!e.used[r]) {
			continue;
		}
		strbuf_addf(&sb,
			"\t%u[label=<<table border=\"2\" cellborder=\"0\" color=\"%.2f 0.6 "
			"0.85\" style=\"rounded\"><tr><td><b>",
			(unsigned)r, (double)r * 2.0 / (3.0 * (double)e.n));
		page_text(&sb, rule->name);
		strbuf_addstr(&sb, "</b></td></tr>");
		if (rule->input_count) {
			add_title(&sb, "input");
		}
		for (uint32_t i = 0; i < rule->input_count; i++) {
			add_item_rows(&sb, &rule->inputs[i].item);
		}
		if (rule->output_count) {
			add_title(&sb, "output");
		}
		for (uint32_t i = 0; i < rule->output_count; i++) {
			add_row(&sb, rule->products[i].path.t.text);
		}
		strbuf_addstr(&sb, "</table>>];\n");
	}
	add_rule_edges(&sb, &e);
	int rc = flush(&sb, to, 0);
	rule_edges_release(&e);
	strbuf_release(&sb);
	return rc;
}
