/* The graph of rules, and of jobs where they are few, as pictures from left to right. */
#include "view/layered.h"
#include "view/report_parts.h"
#include "view/rule_graph.h"

enum { RULES_DRAWN = 150, JOBS_DRAWN = 200, LETTERS = 26 };
enum { LETTER = 8, BOX = 38, PITCH = 48, COLUMN_GAP = 54, MARGIN = 8 };

/* A picture: nodes with two lines of text each. */
struct drawing {
	const char *name; /* for ids */
	uint32_t n;
	struct rule_edges_list list;
	uint32_t *rule;     /* by node: its colour */
	const char **state; /* by node: "", " todo" ... */
	struct strbuf words;
	VEC(size_t) at; /* by node, two: its lines in `words`, NUL behind */
	struct layered l;
	double *left, *width; /* by layer, of its boxes */
};

static void drawing_init(struct drawing *d, const char *name, uint32_t n)
{
	*d = (struct drawing){.name = name, .n = n};
	d->rule = xcalloc(n + 1, sizeof(*d->rule));
	d->state = xcalloc(n + 1, sizeof(*d->state));
	strbuf_init(&d->words);
}

static void drawing_release(struct drawing *d)
{
	layered_release(&d->l);
	vec_release(&d->list.edges);
	vec_release(&d->at);
	strbuf_release(&d->words);
	free(d->rule);
	free(d->state);
	free(d->left);
	free(d->width);
}

/* The next node's two lines. */
static void add_words(struct drawing *d, struct strview first, struct strview second)
{
	vec_push(&d->at, d->words.len);
	strbuf_addsv(&d->words, first);
	strbuf_addch(&d->words, '\0');
	vec_push(&d->at, d->words.len);
	strbuf_addsv(&d->words, second);
	strbuf_addch(&d->words, '\0');
}

static struct strview words_of(const struct drawing *d, uint32_t node, size_t line)
{
	return sv_from(d->words.buf + d->at.v[2 * (size_t)node + line]);
}

/* Columns as wide as their longest text. */
static void place_columns(struct drawing *d)
{
	uint32_t layers = d->l.layers;
	d->left = xcalloc(layers + 1, sizeof(*d->left));
	d->width = xcalloc(layers + 1, sizeof(*d->width));
	for (uint32_t i = 0; i < d->n; i++) {
		double *width = &d->width[d->l.place.v[i].layer];
		size_t a = words_of(d, i, 0).n, b = words_of(d, i, 1).n;
		size_t letters = a > b ? a : b;
		letters = letters > LETTERS ? LETTERS : letters < 6 ? 6 : letters;
		double need = (double)letters * LETTER * 0.95 + 20;
		*width = need > *width ? need : *width;
	}
	d->left[0] = MARGIN;
	for (uint32_t k = 0; k < layers; k++) {
		d->left[k + 1] = d->left[k] + d->width[k] + COLUMN_GAP;
	}
}

static double middle(const struct drawing *d, uint32_t place)
{
	return MARGIN + BOX / 2.0 + d->l.place.v[place].across;
}

/* A line through the places of a route; what closes a circle is dashed. */
static void add_edge(struct strbuf *sb, const struct drawing *d, uint32_t k)
{
	uint32_t a = d->l.route_start.v[k], b = d->l.route_start.v[k + 1];
	if (a == b) {
		return;
	}
	const uint32_t *route = d->l.route.v;
	bool back = d->l.place.v[route[a]].layer > d->l.place.v[route[b - 1]].layer;
	for (uint32_t i = a; i < b; i++) {
		uint32_t layer = d->l.place.v[route[i]].layer;
		double y = middle(d, route[i]);
		double in = d->left[layer], out = in + d->width[layer];
		if (back) {
			double swap = in;
			in = out;
			out = swap;
		}
		if (i == a) {
			strbuf_addf(sb, "<path class=\"edge\"%s d=\"M%.1f %.1f",
				back ? " stroke-dasharray=\"4 3\"" : "", out, y);
			continue;
		}
		double end = i + 1 < b ? in : back ? in + 5 : in - 5;
		double bend = (back ? -0.5 : 0.5) * COLUMN_GAP;
		uint32_t from = d->l.place.v[route[i - 1]].layer;
		double x = back ? d->left[from] : d->left[from] + d->width[from];
		strbuf_addf(sb, "C%.1f %.1f %.1f %.1f %.1f %.1f", x + bend,
			middle(d, route[i - 1]), end - bend, y, end, y);
		if (i + 1 < b) {
			strbuf_addf(sb, "H%.1f", out);
		}
	}
	strbuf_addf(sb, "\" marker-end=\"url(#%s-tip)\"/>\n", d->name);
}

static void add_node(struct report *r, const struct drawing *d, uint32_t i)
{
	struct strbuf *sb = &r->out;
	uint32_t layer = d->l.place.v[i].layer;
	double x = d->left[layer], y = middle(d, i);
	strbuf_addstr(sb, "<g><title>");
	page_text(sb, words_of(d, i, 0));
	strbuf_addch(sb, '\n');
	page_text(sb, words_of(d, i, 1));
	strbuf_addf(sb,
		"</title><rect class=\"box%s r%u\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
		"height=\"%d\" rx=\"6\"/>",
		d->state[i], (unsigned)d->rule[i], x, y - BOX / 2.0, d->width[layer],
		BOX);
	bool two = words_of(d, i, 1).n > 0;
	strbuf_addf(sb, "<text x=\"%.1f\" y=\"%.1f\">", x + 9, two ? y - 3 : y + 4);
	page_text_cut(sb, words_of(d, i, 0), LETTERS);
	strbuf_addstr(sb, "</text>");
	if (two) {
		strbuf_addf(
			sb, "<text class=\"dim\" x=\"%.1f\" y=\"%.1f\">", x + 9, y + 12);
		page_text_cut(sb, words_of(d, i, 1), LETTERS);
		strbuf_addstr(sb, "</text>");
	}
	strbuf_addstr(sb, "</g>\n");
	report_flush(r);
}

static void add_picture(struct report *r, struct drawing *d, const char *label)
{
	struct strbuf *sb = &r->out;
	place_columns(d);
	double width = d->left[d->l.layers] - COLUMN_GAP + MARGIN;
	double height = d->l.width + BOX + 2 * MARGIN;
	strbuf_addf(sb,
		"<div class=\"scroll\" tabindex=\"0\"><svg width=\"%.0f\" height=\"%.0f\" "
		"viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">\n"
		"<defs><marker id=\"%s-tip\" viewBox=\"0 0 8 8\" refX=\"2\" refY=\"4\" "
		"markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path class=\"tip\" "
		"d=\"M0 0L8 4L0 8z\"/></marker></defs>\n",
		width, height, width, height, label, d->name);
	for (uint32_t k = 0; k < d->list.edges.n; k++) {
		add_edge(sb, d, k);
		report_flush(r);
	}
	for (uint32_t i = 0; i < d->n; i++) {
		add_node(r, d, i);
	}
	strbuf_addstr(sb, "</svg></div>\n");
}

/* Too much for a picture: what stands in each layer, in lines. */
static void add_levels(struct report *r, const struct drawing *d)
{
	struct strbuf *sb = &r->out;
	strbuf_addstr(sb, "<ol>\n");
	for (uint32_t layer = 0; layer < d->l.layers; layer++) {
		bool first = true;
		for (uint32_t i = 0; i < d->n; i++) {
			if (d->l.place.v[i].layer == layer) {
				strbuf_addstr(sb, first ? "<li>" : ", ");
				report_rule(r, d->rule[i]);
				first = false;
			}
		}
		strbuf_addstr(sb, first ? "" : "</li>\n");
		report_flush(r);
	}
	strbuf_addstr(sb, "</ol>\n");
}

static void draw(struct report *r, struct drawing *d, uint32_t most, const char *label)
{
	int rc = layered_make(
		&d->l, d->n, d->list.edges.v, (uint32_t)d->list.edges.n, PITCH);
	if (rc != 0 || d->n > most) {
		strbuf_addstr(&r->out,
			"<p>Too many for a picture; what needs what stands below it.</p>\n");
		add_levels(r, d);
	} else {
		add_picture(r, d, label);
	}
}

/* --- rules ----------------------------------------------------------------------------- */

static bool leads_to_itself(const struct drawing *d, uint32_t node)
{
	for (size_t k = 0; k < d->list.edges.n; k++) {
		if (d->list.edges.v[k].from == node && d->list.edges.v[k].to == node) {
			return true;
		}
	}
	return false;
}

static void draw_rules(struct report *r)
{
	uint32_t *node = xcalloc(r->figures.n + 1, sizeof(*node)), n = 0;
	struct drawing d;
	for (uint32_t i = 0; i < r->figures.n; i++) {
		node[i] = r->figures.v[i].jobs ? n++ : 0;
	}
	drawing_init(&d, "rules", n);
	rule_graph_edges(r->p->d, node, &d.list);
	for (uint32_t i = 0; i < r->figures.n; i++) {
		const struct rule_figures *f = &r->figures.v[i];
		struct strbuf words = STRBUF_INIT;
		if (f->jobs) {
			page_count(&words, f->jobs, "job", "jobs");
			if (f->todo && f->todo < f->jobs) {
				strbuf_addstr(&words, ", ");
				page_number(&words, f->todo);
				strbuf_addstr(&words, " to do");
			}
			strbuf_addstr(&words, leads_to_itself(&d, node[i]) ? " ↻" : "");
			add_words(&d, intern_str(&r->rules, i), strbuf_sv(&words));
			d.rule[node[i]] = i;
			d.state[node[i]] = f->todo ? " todo" : "";
		}
		strbuf_release(&words);
	}
	strbuf_addstr(&r->out, "<figure>\n");
	draw(r, &d, RULES_DRAWN, "Graph of the rules");
	strbuf_addstr(&r->out,
		"<figcaption>The rules, with the number of their jobs; dashed where some "
		"would run now.</figcaption>\n</figure>\n");
	drawing_release(&d);
	free(node);
}

/* --- jobs ------------------------------------------------------------------------------ */

static void draw_jobs(struct report *r)
{
	const struct dag *g = r->p->d;
	struct drawing d;
	uint32_t *last = xcalloc(g->job_count + 1, sizeof(*last));
	drawing_init(&d, "jobs", g->job_count);
	for (uint32_t j = 0; j < g->job_count; j++) {
		struct strbuf words = STRBUF_INIT;
		uint32_t n;
		const uint32_t *in = dag_inputs(g, j, &n);
		for (uint32_t i = 0; i < n; i++) {
			uint32_t maker = g->producer[INPUT_FILE(in[i])];
			if (maker != DAG_NONE && last[maker] != j + 1) {
				last[maker] = j + 1;
				vec_push(&d.list.edges, (struct layered_edge){maker, j});
			}
		}
		dag_wildcards_text(g, j, &words);
		add_words(&d, dag_rule(g, j)->name, strbuf_sv(&words));
		d.rule[j] = g->jobs.v[j].rule;
		d.state[j] = r->p->reasons[j] ? " todo" : "";
		strbuf_release(&words);
	}
	if (layered_make(&d.l, d.n, d.list.edges.v, (uint32_t)d.list.edges.n, PITCH) ==
		0) {
		strbuf_addstr(&r->out, "<figure>\n");
		add_picture(r, &d, "Graph of the jobs");
		strbuf_addstr(&r->out, "<figcaption>The jobs.</figcaption>\n</figure>\n");
	}
	drawing_release(&d);
	free(last);
}

void report_graph(struct report *r)
{
	uint32_t n = r->p->d->job_count, used = 0;
	for (size_t i = 0; i < r->figures.n; i++) {
		used += r->figures.v[i].jobs ? 1 : 0;
	}
	strbuf_addstr(&r->out, "<section id=\"graph\">\n<h2>Graph</h2>\n");
	if (n) {
		draw_rules(r);
	} else {
		strbuf_addstr(&r->out, "<p>No job makes what was asked for.</p>\n");
	}
	if (n <= JOBS_DRAWN && n > used) {
		draw_jobs(r);
	}
	strbuf_addstr(&r->out, "</section>\n");
	report_flush(r);
}
