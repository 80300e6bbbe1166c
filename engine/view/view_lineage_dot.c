#include "base/intern.h"
#include "view/dot_text.h"
#include "view/lineage.h"
#include "view/out.h"

/* So many jobs of one rule are drawn one by one; more become one node. */
enum { MOST_OF_A_RULE = 12 };

/* Rules of the lineage: how many jobs each has, and the number of each job's. */
struct rules {
	struct intern names;
	VEC(uint32_t) counts;
	VEC(uint32_t) of_job;        /* by place in l->jobs */
	struct hashmap place;        /* record id -> place in l->jobs */
	struct hashmap edges;        /* drawn already */
	VEC(uint32_t) source_counts; /* by rule: sources of a rule drawn as one */
	VEC(uint32_t) some_source;   /* by rule: one of them */
};

static void read_rules(struct lineage *l, struct rules *r)
{
	intern_init(&r->names);
	hashmap_init(&r->place);
	hashmap_init(&r->edges);
	for (size_t i = 0; i < l->jobs.n; i++) {
		struct row_job row = {.rule = SV("?")};
		state_job(l->s, l->jobs.v[i], &row);
		uint32_t rule = intern_put(&r->names, row.rule.p, row.rule.n);
		if (rule == r->counts.n) {
			vec_push(&r->counts, 0);
			vec_push(&r->source_counts, 0);
			vec_push(&r->some_source, 0);
		}
		r->counts.v[rule]++;
		vec_push(&r->of_job, rule);
		hashmap_set(&r->place, l->jobs.v[i], (uint32_t)i);
	}
}

static bool is_one(const struct rules *r, size_t place)
{
	return r->counts.v[r->of_job.v[place]] > MOST_OF_A_RULE;
}

/* The name of a job's node. */
static void add_node(const struct rules *r, size_t place, struct strbuf *sb)
{
	if (is_one(r, place)) {
		strbuf_addf(sb, "r%u", (unsigned)r->of_job.v[place]);
	} else {
		strbuf_addf(sb, "j%zu", place);
	}
}

static void add_job_node(
	struct lineage *l, const struct rules *r, size_t place, struct strbuf *sb)
{
	const struct known_job *job = &l->s->jobs.v[l->jobs.v[place]];
	struct row_job row;
	if (state_job(l->s, l->jobs.v[place], &row) <= 0) {
		return;
	}
	strbuf_addch(sb, '\t');
	add_node(r, place, sb);
	strbuf_addstr(sb, " [shape=box, style=rounded, label=\"");
	dot_escape(sb, row.rule);
	if (row.wildcards.n) {
		strbuf_addstr(sb, "\\n");
		dot_escape(sb, row.wildcards);
	}
	for (uint32_t k = 0; k < job->output_count && k < 3; k++) {
		strbuf_addstr(sb, "\\n");
		dot_escape(sb, lineage_path(l, l->s->outputs.v[job->outputs + k]));
	}
	strbuf_addstr(sb, "\"];\n");
}

static void add_edge(struct rules *r, struct strbuf *sb, const char *from, size_t to)
{
	struct strbuf edge = STRBUF_INIT;
	strbuf_addf(&edge, "%s -> ", from);
	add_node(r, to, &edge);
	uint64_t key = hash64(edge.buf, edge.len);
	if (hashmap_set(&r->edges, key, 0) == HASHMAP_NONE) {
		strbuf_addf(sb, "\t%s;\n", edge.buf);
	}
	strbuf_release(&edge);
}

static void add_edges(struct lineage *l, struct rules *r, size_t place, struct strbuf *sb)
{
	const struct state *s = l->s;
	const struct known_job *job = &s->jobs.v[l->jobs.v[place]];
	struct strbuf from = STRBUF_INIT;
	for (uint32_t k = 0; k < job->input_count; k++) {
		uint32_t file = s->inputs.v[job->inputs + k].file;
		uint32_t maker = lineage_maker(l, file);
		strbuf_reset(&from);
		if (maker != STATE_NONE) {
			add_node(r, hashmap_get(&r->place, maker), &from);
		} else if (is_one(r, place)) {
			uint32_t rule = r->of_job.v[place];
			r->source_counts.v[rule]++;
			r->some_source.v[rule] = file;
			strbuf_addf(&from, "s%u", (unsigned)rule);
		} else {
			strbuf_addf(&from, "f%u", (unsigned)file);
			if (hashmap_set(&r->edges, UINT64_C(1) << 40 | file, 0) ==
				HASHMAP_NONE) {
				strbuf_addf(sb, "\t%s [shape=plain, label=\"", from.buf);
				dot_escape(sb, lineage_path(l, file));
				strbuf_addstr(sb, "\"];\n");
			}
		}
		add_edge(r, sb, from.buf, place);
	}
	strbuf_release(&from);
}

int view_lineage_dot(struct lineage *l, FILE *to)
{
	struct strbuf sb = STRBUF_INIT;
	struct rules r = {.counts = {NULL, 0, 0}};
	int rc = 0;
	read_rules(l, &r);
	strbuf_addstr(&sb, "digraph lineage {\n\trankdir=LR;\n\tnode [fontname=sans, "
			   "fontsize=10];\n\tedge [color=grey40];\n");
	for (size_t i = 0; i < l->jobs.n && rc == 0; i++) {
		if (!is_one(&r, i)) {
			add_job_node(l, &r, i, &sb);
		}
		add_edges(l, &r, i, &sb);
		rc = flush(&sb, to, FLUSH_AT);
	}
	for (uint32_t rule = 0; rule < r.counts.n; rule++) {
		if (r.counts.v[rule] <= MOST_OF_A_RULE) {
			continue;
		}
		strbuf_addf(&sb,
			"\tr%u [shape=box, style=rounded, peripheries=2, label=\"",
			(unsigned)rule);
		dot_escape(&sb, intern_str(&r.names, rule));
		strbuf_addf(&sb, "\\n%u jobs\"];\n", (unsigned)r.counts.v[rule]);
		if (r.source_counts.v[rule]) {
			strbuf_addf(&sb, "\ts%u [shape=plain, label=\"", (unsigned)rule);
			dot_escape(&sb, lineage_path(l, r.some_source.v[rule]));
			strbuf_addf(&sb, "\\nand so on, %u sources\"];\n",
				(unsigned)r.source_counts.v[rule]);
		}
	}
	strbuf_addstr(&sb, "}\n");
	rc |= flush(&sb, to, 0);
	strbuf_release(&sb);
	intern_release(&r.names);
	vec_release(&r.counts);
	vec_release(&r.of_job);
	vec_release(&r.source_counts);
	vec_release(&r.some_source);
	hashmap_release(&r.place);
	hashmap_release(&r.edges);
	return rc;
}
