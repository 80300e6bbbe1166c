/* Outputs, logs, the benchmark: patterns with the same wildcards. */
#include "base/vec.h"
#include "parser/reader.h"

static const struct known_key output_keys[] = {{"path", NULL},
	{"temp", "files that go when nobody needs them any more"}, {"protected", NULL},
	{"directory", NULL}, {"touch", NULL}, {"non_empty", NULL}, {"resume", NULL},
	{"sha256", "results checked against a digest"},
	{"report", "captions of the report"}, {"multiext", "several endings of one name"},
	{"ext", "several endings of one name"}, {"pipe", "outputs that are streamed"},
	{"service", "outputs of a job that keeps running"},
	{"update", "outputs that are changed in place"}, {NULL, NULL}};

static const struct {
	const char *key;
	unsigned flag;
} flags[] = {{"protected", PRODUCT_PROTECTED}, {"directory", PRODUCT_DIRECTORY},
	{"touch", PRODUCT_TOUCH}, {"non_empty", PRODUCT_NON_EMPTY},
	{"resume", PRODUCT_RESUME}};

typedef VEC(struct product) product_vec;

static int parse_flags(
	struct reader *r, const struct yaml_tree_node *map, struct product *p)
{
	int rc = 0;
	for (size_t i = 0; i < CW_ARRAY_LEN(flags); i++) {
		const struct yaml_tree_node *node = get(map, flags[i].key);
		bool on = false;
		if (node) {
			rc |= read_bool(r, node, &on);
		}
		p->flags |= on ? flags[i].flag : 0;
	}
	return rc;
}

static int add_product(struct reader *r, const struct yaml_tree_node *node,
	struct strview name, enum product_kind kind, void *products)
{
	product_vec *v = products;
	struct product p = {.name = name, .kind = kind, .span = node->span};
	const struct yaml_tree_node *path = node;
	int rc = 0;
	if (node->kind == YAML_MAPPING) {
		rc = check_keys(r, node, output_keys, "an output", false);
		rc |= parse_flags(r, node, &p);
		path = get(node, "path");
	}
	if (rc != 0 || !path) {
		return -1;
	}
	if (parse_text(r, path, TEMPLATE_PATTERN, SHELL_BASH, &p.path) != 0) {
		return -1;
	}
	normalise_pattern(r, &p.path);
	if (p.path.t.count == 0 ||
		(p.path.t.count == 1 && p.path.t.pieces[0].kind == PIECE_TEXT &&
			sv_eq_str(p.path.t.pieces[0].text, "."))) {
		return diag_error(r->sink, "CW-E024", path->span, "an empty path");
	}
	vec_push(v, p);
	return 0;
}

/* In a mapping of outputs a value with `path` is one output, any other is a name. */
static bool is_output(const struct yaml_tree_node *node)
{
	return node->kind == YAML_MAPPING &&
	       (yaml_get(node, "path", NULL) || yaml_get(node, "multiext", NULL));
}

static int add_group(struct reader *r, const struct yaml_tree_node *node,
	struct strview name, enum product_kind kind, void *products)
{
	struct node_list list;
	int rc = 0;
	list_of(node, &list);
	for (uint32_t i = 0; i < list.n; i++) {
		const struct yaml_tree_node *item = list.v[i];
		if (item->kind == YAML_MAPPING && !is_output(item)) {
			for (uint32_t k = 0; k < item->count; k++) {
				const struct yaml_pair *pair = &item->pairs[k];
				if (name.n || check_name(r, pair->key,
						      "the name of an output")) {
					rc = -1;
				} else if (!yaml_is_absent(pair->value)) {
					struct node_list inner;
					list_of(pair->value, &inner);
					for (uint32_t q = 0; q < inner.n; q++) {
						rc |= add_product(r, inner.v[q],
							pair->key->text, kind, products);
					}
				}
			}
		} else if (!yaml_is_absent(item)) {
			rc |= add_product(r, item, name, kind, products);
		}
	}
	return rc;
}

/* --- wildcards ---------------------------------------------------------------------- */

static bool has_wildcard(const struct text *t, struct strview name)
{
	for (uint32_t i = 0; i < t->t.count; i++) {
		const struct piece *p = &t->t.pieces[i];
		if (p->kind == PIECE_EXPR && sv_eq(p->expr->ref->name, name)) {
			return true;
		}
	}
	return false;
}

static void collect_wildcards(struct reader *r, struct rule *rule)
{
	const struct text *t = &rule->products[0].path;
	rule->wildcards = ARENA_ARRAY(r->arena, struct strview, t->t.count);
	for (uint32_t i = 0; i < t->t.count; i++) {
		const struct piece *p = &t->t.pieces[i];
		bool known = p->kind != PIECE_EXPR;
		for (uint32_t k = 0; !known && k < rule->wildcard_count; k++) {
			known = sv_eq(rule->wildcards[k], p->expr->ref->name);
		}
		if (!known) {
			rule->wildcards[rule->wildcard_count++] = p->expr->ref->name;
		}
	}
}

/* Every product has the wildcards of the first one, no more and no less. */
static int same_wildcards(
	struct reader *r, const struct rule *rule, const struct product *p)
{
	for (uint32_t k = 0; k < rule->wildcard_count; k++) {
		if (!has_wildcard(&p->path, rule->wildcards[k])) {
			diag_error(r->sink, "CW-E026", p->span,
				"wildcard \"" SV_FMT
				"\" is missing here: all outputs, logs and benchmarks of a "
				"rule need the same wildcards",
				SV_ARG(rule->wildcards[k]));
			diag_note(r->sink, rule->products[0].span, "it is used here");
			return -1;
		}
	}
	for (uint32_t i = 0; i < p->path.t.count; i++) {
		const struct piece *piece = &p->path.t.pieces[i];
		if (piece->kind != PIECE_EXPR) {
			continue;
		}
		struct strview name = piece->expr->ref->name;
		if (!has_wildcard(&rule->products[0].path, name)) {
			diag_error(r->sink, "CW-E026", p->span,
				"wildcard \"" SV_FMT
				"\" is not in the other outputs: all of "
				"them need the same wildcards",
				SV_ARG(name));
			diag_note(r->sink, rule->products[0].span, "the first one");
			return -1;
		}
	}
	return 0;
}

struct constraints {
	const struct yaml_tree_node *rule, *file;
};

static struct strview constraint_of(void *ctx, struct strview name)
{
	const struct constraints *c = ctx;
	const struct yaml_tree_node *maps[] = {c->rule, c->file};
	for (size_t i = 0; i < CW_ARRAY_LEN(maps); i++) {
		for (uint32_t k = 0; maps[i] && k < maps[i]->count; k++) {
			if (sv_eq(maps[i]->pairs[k].key->text, name)) {
				return maps[i]->pairs[k].value->text;
			}
		}
	}
	return (struct strview){NULL, 0};
}

/* Only references to wildcards have a place in a pattern. */
static int only_wildcards(struct reader *r, const struct text *t)
{
	for (uint32_t i = 0; i < t->t.count; i++) {
		const struct piece *p = &t->t.pieces[i];
		if (p->kind == PIECE_EXPR &&
			(p->expr->op != EXPR_REF || p->expr->ref->kind != REF_WILDCARD ||
				p->expr->ref->step_count)) {
			return diag_error(r->sink, "CW-E027",
				t->origin.span_of(t->origin.ctx, p->off, p->len),
				"paths of outputs hold wildcards and texts of the "
				"configuration only");
		}
	}
	return 0;
}

static int compile(
	struct reader *r, struct rule *rule, const struct yaml_tree_node *constraints)
{
	struct constraints c = {constraints, r->constraints};
	int rc = 0;
	for (uint32_t i = 0; i < rule->product_count; i++) {
		rc |= only_wildcards(r, &rule->products[i].path);
	}
	if (rc != 0 || !rule->product_count) {
		return rc;
	}
	collect_wildcards(r, rule);
	for (uint32_t i = 0; i < rule->product_count; i++) {
		struct product *p = &rule->products[i];
		if (same_wildcards(r, rule, p) != 0) {
			rc = -1;
			continue;
		}
		rc |= pattern_compile(r->sink, r->arena, &p->path.t, rule->wildcards,
			rule->wildcard_count, constraint_of, &c, ".+", p->path.origin,
			&p->pattern);
	}
	return rc;
}

int parse_products(struct reader *r, struct rule *rule,
	const struct yaml_tree_node *output, const struct yaml_tree_node *log,
	const struct yaml_tree_node *benchmark, const struct yaml_tree_node *constraints)
{
	product_vec products = {0};
	int rc = add_group(r, output, SV(""), PRODUCT_OUTPUT, &products);
	rule->output_count = (uint32_t)products.n;
	rc |= add_group(r, log, SV(""), PRODUCT_LOG, &products);
	rule->log_count = (uint32_t)products.n - rule->output_count;
	rc |= add_group(r, benchmark, SV(""), PRODUCT_BENCHMARK, &products);
	rule->products = ARENA_ARRAY(r->arena, struct product, products.n);
	memcpy(rule->products, products.v, products.n * sizeof(*products.v));
	rule->product_count = (uint32_t)products.n;
	vec_release(&products);
	return rc ? rc : compile(r, rule, constraints);
}
