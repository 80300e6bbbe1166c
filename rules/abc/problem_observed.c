/* The observed statistics: in place, or from a file. */
#include <errno.h>
#include <math.h>

#include "abc/problem_read.h"
#include "abc/wire.h"
#include "base/number.h"
#include "base/vec.h"
#include "sys/fs.h"

static void add_stat(
	struct problem *p, const char *name, size_t first, size_t len, bool scalar)
{
	p->stat[p->nstats++] = (struct stat_spec){name, first, len, scalar};
}

static void read_mapping(struct reader *r, const struct yaml_tree_node *node)
{
	struct problem *p = r->p;
	size_t total = 0, n;

	for (uint32_t i = 0; i < node->count; i++) {
		const struct yaml_tree_node *x = node->pairs[i].value;
		total += x->kind == YAML_SEQUENCE ? x->count : 1;
	}
	p->observed = ARENA_ARRAY(&p->arena, double, total + 1);
	p->stat = ARENA_ARRAY(&p->arena, struct stat_spec, node->count + 1);
	for (uint32_t i = 0; i < node->count; i++) {
		const struct yaml_tree_node *x = node->pairs[i].value;
		const char *name = read_name(r, node->pairs[i].key, "a statistic's name");
		double *v = read_numbers(r, x, name ? name : "a statistic", &n);

		if (!name || !v) {
			continue;
		}
		for (size_t k = 0; k < n; k++) {
			if (!isfinite(v[k])) {
				read_fault(r, x->span, "CW-A030",
					"observed numbers must be finite");
			}
		}
		memcpy(p->observed + p->nstat, v, n * sizeof(double));
		add_stat(p, name, p->nstat, n, x->kind == YAML_SCALAR);
		p->nstat += n;
	}
}

struct table {
	VEC(double) v;
	VEC(const char *) name;
};

/* One line of a file: numbers, or (the first one) names. -1 at a wrong field. */
static int read_line(struct reader *r, struct table *table, struct strview line,
	bool first, struct strview *at)
{
	bool names = false;

	for (size_t i = 0; i < line.n;) {
		size_t from = i;
		struct strview field;
		double x;

		while (i < line.n && !strchr(" \t,;\r", line.p[i])) {
			i++;
		}
		field = sv_sub(line, from, i - from);
		i++;
		if (field.n >= 2 && field.p[0] == '"' && field.p[field.n - 1] == '"') {
			field = sv_sub(field, 1, field.n - 2);
		}
		if (!field.n) {
			continue;
		}
		if (!names && parse_double(field, &x) == 0) {
			vec_push(&table->v, x);
		} else if (first && !table->v.n) {
			names = true;
			vec_push(&table->name,
				arena_memdup0(&r->p->arena, field.p, field.n));
		} else {
			*at = field;
			return -1;
		}
	}
	return 0;
}

/* The words of problem_observed_text. */
static void read_words(struct reader *r, const char *text)
{
	struct problem *p = r->p;
	VEC(double) v = {0};
	size_t lines = 1;

	for (const char *s = text; *s; s++) {
		lines += *s == '\n';
	}
	p->stat = ARENA_ARRAY(&p->arena, struct stat_spec, lines);
	while (*text) {
		size_t name = strcspn(text, " \n"), first = v.n;
		char *at = NULL;
		bool scalar = strtol(text + name, &at, 10) != 0;

		while (at && *at == ' ') {
			vec_push(&v, strtod(at, &at));
		}
		add_stat(p, arena_memdup0(&p->arena, text, name), first, v.n - first,
			scalar);
		text = at && *at == '\n' ? at + 1 : "";
	}
	p->nstat = v.n;
	p->observed = ARENA_ARRAY(&p->arena, double, v.n + 1);
	if (v.n) {
		memcpy(p->observed, v.v, v.n * sizeof(double));
	}
	vec_release(&v);
}

/* Numbers of a text file (white space, commas); a first line of names names them. */
static void read_data_file(
	struct reader *r, const struct yaml_tree_node *node, const char *path)
{
	struct problem *p = r->p;
	struct strbuf text = STRBUF_INIT;
	struct table table = {0};
	uint32_t source;
	bool first = true;

	if (fs_read_file(path, SIZE_MAX / 2, &text)) {
		read_fault(r, node->span, "CW-A031", "cannot read %s: %s", path,
			strerror(errno));
		strbuf_release(&text);
		return;
	}
	source = source_add(r->sink->sources, path, strbuf_sv(&text));
	for (size_t from = 0; from < text.len && r->status == 0;) {
		const char *end = memchr(text.buf + from, '\n', text.len - from);
		size_t to = end ? (size_t)(end - text.buf) : text.len;
		struct strview line = {text.buf + from, to - from}, at;

		if (line.n && line.p[0] != '#') {
			if (read_line(r, &table, line, first, &at)) {
				read_fault(r,
					(struct span){source, (uint32_t)(at.p - text.buf),
						(uint32_t)at.n},
					"CW-A032", "this is no number");
			}
			first = false;
		}
		from = to + 1;
	}
	strbuf_release(&text);
	if (r->status == 0 && !table.v.n) {
		read_fault(r, node->span, "CW-A032", "%s holds no numbers", path);
	} else if (r->status == 0 && table.name.n && table.name.n != table.v.n) {
		read_fault(r, node->span, "CW-A032", "%s has %zu names and %zu numbers",
			path, table.name.n, table.v.n);
	} else if (r->status == 0) {
		p->nstat = table.v.n;
		p->observed = ARENA_ARRAY(&p->arena, double, p->nstat);
		memcpy(p->observed, table.v.v, p->nstat * sizeof(double));
		p->stat = ARENA_ARRAY(&p->arena, struct stat_spec, table.name.n + 1);
		for (size_t i = 0; i < table.name.n; i++) {
			add_stat(p, table.name.v[i], i, 1, true);
		}
		if (!table.name.n) {
			add_stat(p, "data", 0, p->nstat, p->nstat == 1);
		}
	}
	vec_release(&table.v);
	vec_release(&table.name);
}

void read_observed(struct reader *r, const struct yaml_tree_node *node)
{
	const struct yaml_tree_node *file;
	struct problem *p = r->p;

	if (node->kind == YAML_SCALAR || node->kind == YAML_SEQUENCE) {
		p->observed = read_numbers(r, node, "observed", &p->nstat);
		p->stat = ARENA_ARRAY(&p->arena, struct stat_spec, 1);
		add_stat(p, "data", 0, p->nstat, node->kind == YAML_SCALAR);
		return;
	}
	file = node->kind == YAML_MAPPING && node->count == 1 ? read_get(node, "file")
							      : NULL;
	if (file && file->kind == YAML_SCALAR) {
		double x;
		if (parse_double(file->text, &x)) {
			const char *text = read_text(r, file, "file");
			if (text && r->observed) {
				read_words(r, r->observed);
			} else if (text) {
				read_data_file(r, file, read_path_text(r, text));
			}
			return;
		}
	}
	if (node->kind != YAML_MAPPING || node->count == 0) {
		read_fault(r, node->span, "CW-A030",
			"observed must be numbers by name, a list, or {file: PATH}");
		return;
	}
	read_mapping(r, node);
}
