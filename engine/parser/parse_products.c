/* Outputs, logs, the benchmark: patterns with the same wildcards. */
#include <ctype.h>

#include "parser/reader.h"

static const struct known_key output_keys[] = {{"path", NULL}, {"temp", NULL},
	{"protected", NULL}, {"directory", NULL}, {"touch", NULL}, {"non_empty", NULL},
	{"resume", NULL}, {"sha256", NULL}, {"report", NULL}, {"multiext", NULL},
	{"ext", NULL}, {"pipe", "outputs that are streamed"},
	{"service", "outputs of a job that keeps running"},
	{"update", "outputs that are changed in place"}, {NULL, NULL}};

static const struct {
	const char *key;
	unsigned flag;
} flags[] = {{"temp", PRODUCT_TEMP}, {"protected", PRODUCT_PROTECTED},
	{"directory", PRODUCT_DIRECTORY}, {"touch", PRODUCT_TOUCH},
	{"non_empty", PRODUCT_NON_EMPTY}, {"resume", PRODUCT_RESUME}};

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

static int parse_sha256(
	struct reader *r, const struct yaml_tree_node *node, struct product *p)
{
	struct strview text;
	if (constant(r, node, &text) != 0) {
		return -1;
	}
	bool hex = text.n == 64;
	for (size_t i = 0; hex && i < text.n; i++) {
		hex = isxdigit((unsigned char)text.p[i]) != 0;
	}
	if (!hex) {
		return diag_error(r->sink, "CW-E011", node->span,
			"sha256 must be 64 hexadecimal digits, as `sha256sum` prints them");
	}
	char *lower = arena_memdup0(r->arena, text.p, text.n);
	for (size_t i = 0; i < text.n; i++) {
		lower[i] = (char)tolower((unsigned char)lower[i]);
	}
	p->sha256 = lower;
	return 0;
}

static int parse_values(
	struct reader *r, const struct yaml_tree_node *map, struct product *p)
{
	const struct yaml_tree_node *sha256 = get(map, "sha256"),
				    *caption = get(map, "report");
	struct strview text;
	int rc = sha256 ? parse_sha256(r, sha256, p) : 0;
	if (caption && constant(r, caption, &text) != 0) {
		return -1;
	}
	p->caption = caption ? text.p : NULL;
	unsigned both = PRODUCT_TOUCH | PRODUCT_NON_EMPTY;
	if ((p->flags & both) == both) {
		rc = diag_error(r->sink, "CW-E018", map->span,
			"`touch` makes an empty file, and `non_empty` forbids one");
	}
	if (p->flags & PRODUCT_TEMP && p->flags & PRODUCT_PROTECTED) {
		rc = diag_error(r->sink, "CW-E018", map->span,
			"`temp` files go, and `protected` ones stay: choose one");
	}
	if (p->flags & PRODUCT_DIRECTORY && p->sha256) {
		rc = diag_error(r->sink, "CW-E018", map->span,
			"`sha256` is the digest of a file, and `directory` makes none");
	}
	return rc;
}

/* Takes in one path; `end` (p NULL: none) is put behind it. */
static int add_path(struct reader *r, const struct yaml_tree_node *path, struct product p,
	const char *end, product_vec *v)
{
	if (parse_text(r, path, TEMPLATE_PATTERN, SHELL_BASH, &p.path) != 0) {
		return -1;
	}
	if (end) {
		struct template *t = &p.path.t;
		struct piece *pieces = ARENA_ARRAY(r->arena, struct piece, t->count + 1);
		if (t->count) {
			memcpy(pieces, t->pieces, t->count * sizeof(*pieces));
		}
		pieces[t->count++] =
			(struct piece){.kind = PIECE_TEXT, .text = sv_from(end)};
		t->pieces = pieces;
	}
	normalise_pattern(r, &p.path, true);
	if (p.path.t.count == 0 ||
		(p.path.t.count == 1 && p.path.t.pieces[0].kind == PIECE_TEXT &&
			sv_eq_str(p.path.t.pieces[0].text, "."))) {
		return diag_error(r->sink, "CW-E024", path->span, "an empty path");
	}
	vec_push(v, p);
	return 0;
}

/* {multiext: "genome", ext: [.amb, .ann]} */
static int add_multiext(struct reader *r, const struct yaml_tree_node *node,
	struct product p, product_vec *v)
{
	const struct yaml_tree_node *base = get(node, "multiext"),
				    *ext = get(node, "ext");
	struct node_list list;
	int rc = 0;
	if (get(node, "path")) {
		return diag_error(r->sink, "CW-E018", node->span,
			"an output has `path` or `multiext`, not both");
	}
	list_of(ext, &list);
	if (!base || !list.n) {
		return diag_error(r->sink, "CW-E013", node->span,
			"several endings are written {multiext: NAME, ext: [.a, .b]}");
	}
	for (uint32_t i = 0; i < list.n; i++) {
		struct strview end;
		if (constant(r, list.v[i], &end) != 0) {
			return -1;
		}
		p.span = list.v[i]->span;
		rc |= add_path(r, base, p, end.p, v);
	}
	return rc;
}

static int add_product(struct reader *r, const struct yaml_tree_node *node,
	struct strview name, enum product_kind kind, product_vec *v)
{
	struct product p = {.name = name, .kind = kind, .span = node->span};
	if (node->kind != YAML_MAPPING) {
		return add_path(r, node, p, NULL, v);
	}
	if (kind != PRODUCT_OUTPUT) {
		return diag_error(r->sink, "CW-E010", node->span,
			"logs and benchmarks are paths, without flags");
	}
	if (check_keys(r, node, output_keys, "an output", false) != 0 ||
		parse_flags(r, node, &p) != 0 || parse_values(r, node, &p) != 0) {
		return -1;
	}
	if (yaml_get(node, "multiext", NULL)) {
		return add_multiext(r, node, p, v);
	}
	const struct yaml_tree_node *path = get(node, "path");
	if (!path) {
		return diag_error(r->sink, "CW-E024", node->span, "an empty path");
	}
	return add_path(r, path, p, NULL, v);
}

/* In a mapping of outputs a value with `path` is one output, any other is a name. */
static bool is_output(const struct yaml_tree_node *node)
{
	return node->kind == YAML_MAPPING &&
	       (yaml_get(node, "path", NULL) || yaml_get(node, "multiext", NULL));
}

/* `{temp: x.txt}` names an output "temp", which is seldom meant. */
static void warn_flag(struct reader *r, const struct yaml_tree_node *key)
{
	for (size_t i = 0; i < CW_ARRAY_LEN(flags); i++) {
		if (sv_eq_str(key->text, flags[i].key)) {
			diag_warning(r->sink, "CW-W012", key->span,
				"this names an output \"%s\"; the flag is written {path: "
				"FILE, %s: true}",
				flags[i].key, flags[i].key);
		}
	}
}

/* The value of a name: one output or a list of them. */
static int add_named(struct reader *r, const struct yaml_pair *pair,
	enum product_kind kind, product_vec *v)
{
	struct node_list inner;
	int rc = 0;
	if (check_name(r, pair->key, "the name of an output") != 0) {
		return -1;
	}
	for (size_t i = 0; i < v->n; i++) {
		if (v->v[i].kind == kind && sv_eq(v->v[i].name, pair->key->text)) {
			return diag_error(r->sink, "CW-E017", pair->key->span,
				"there are two outputs \"" SV_FMT "\"",
				SV_ARG(pair->key->text));
		}
	}
	warn_flag(r, pair->key);
	list_of(pair->value, &inner);
	for (uint32_t q = 0; q < inner.n; q++) {
		rc |= add_product(r, inner.v[q], pair->key->text, kind, v);
	}
	return rc;
}

static int add_group(struct reader *r, const struct yaml_tree_node *node,
	enum product_kind kind, product_vec *products)
{
	struct node_list list;
	int rc = 0;
	list_of(node, &list);
	for (uint32_t i = 0; i < list.n; i++) {
		const struct yaml_tree_node *item = list.v[i];
		if (item->kind == YAML_MAPPING && !is_output(item) &&
			!yaml_is_bare_braces(item)) {
			for (uint32_t k = 0; k < item->count; k++) {
				if (!yaml_is_absent(item->pairs[k].value)) {
					rc |= add_named(
						r, &item->pairs[k], kind, products);
				}
			}
		} else if (item->kind == YAML_MAPPING && !is_output(item)) {
			rc = want_scalar(r, item, "an output");
		} else if (!yaml_is_absent(item)) {
			rc |= add_product(r, item, SV(""), kind, products);
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
			/* with a NUL behind it, for whoever prints it */
			rule->wildcards[rule->wildcard_count++] =
				arena_sv(r->arena, p->expr->ref->name);
		}
	}
}

/* The wildcard of `p` that could be a misspelt `name`, or the reverse. */
static void note_misspelt(struct reader *r, const struct rule *rule,
	const struct product *p, bool missing, struct strview name)
{
	struct nearest near;
	nearest_init(&near, name);
	for (uint32_t i = 0; missing && i < p->path.t.count; i++) {
		const struct piece *piece = &p->path.t.pieces[i];
		if (piece->kind == PIECE_EXPR &&
			!has_wildcard(&rule->products[0].path, piece->expr->ref->name)) {
			nearest_offer(&near, piece->expr->ref->name);
		}
	}
	for (uint32_t k = 0; !missing && k < rule->wildcard_count; k++) {
		nearest_offer(&near, rule->wildcards[k]);
	}
	if (missing && near.best.p) {
		diag_note(r->sink, p->span,
			"did you mean \"" SV_FMT "\" where \"" SV_FMT "\" stands?",
			SV_ARG(name), SV_ARG(near.best));
	} else {
		nearest_note(&near, r->sink);
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
			note_misspelt(r, rule, p, true, rule->wildcards[k]);
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
			note_misspelt(r, rule, p, false, name);
			diag_note(r->sink, rule->products[0].span, "the first one");
			return -1;
		}
	}
	return 0;
}

struct constraints {
	const struct yaml_tree_node *rule;
	const struct file_unit *unit; /* and those that include it, within the module */
};

static struct strview in_map(const struct yaml_tree_node *map, struct strview name)
{
	for (uint32_t k = 0; map && k < map->count; k++) {
		if (sv_eq(map->pairs[k].key->text, name) &&
			!yaml_is_absent(map->pairs[k].value)) {
			return map->pairs[k].value->text;
		}
	}
	return (struct strview){NULL, 0};
}

static struct strview constraint_of(void *ctx, struct strview name)
{
	const struct constraints *c = ctx;
	struct strview found = in_map(c->rule, name);
	for (const struct file_unit *u = c->unit;
		!found.p && u && u->module == c->unit->module; u = u->parent) {
		found = in_map(u->constraints, name);
	}
	return found;
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
	struct constraints c = {constraints, r->unit};
	int rc = 0;
	for (uint32_t i = 0; i < rule->product_count; i++) {
		rc |= only_wildcards(r, &rule->products[i].path);
	}
	if (rc != 0 || !rule->product_count) {
		return rc;
	}
	collect_wildcards(r, rule);
	if (rule->wildcard_count > WILDCARDS_MOST) {
		return diag_error(r->sink, "CW-E026", rule->products[0].span,
			"a rule has at most %d wildcards", (int)WILDCARDS_MOST);
	}
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
	int rc = add_group(r, output, PRODUCT_OUTPUT, &products);
	rule->output_count = (uint32_t)products.n;
	rc |= add_group(r, log, PRODUCT_LOG, &products);
	rule->log_count = (uint32_t)products.n - rule->output_count;
	size_t before = products.n;
	rc |= add_group(r, benchmark, PRODUCT_BENCHMARK, &products);
	if (products.n > before + 1) {
		rc = diag_error(r->sink, "CW-E018", products.v[before + 1].span,
			"a job writes one benchmark, and here is a second");
	}
	rule->products = ARENA_ARRAY(r->arena, struct product, products.n);
	if (products.n > 0) {
		memcpy(rule->products, products.v, products.n * sizeof(*products.v));
	}
	rule->product_count = (uint32_t)products.n;
	vec_release(&products);
	return rc ? rc : compile(r, rule, constraints);
}
