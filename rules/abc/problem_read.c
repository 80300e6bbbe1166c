#include "abc/problem_read.h"

#include <math.h>

#include "base/edit_distance.h"
#include "base/number.h"
#include "base/strbuf.h"

int read_fault(struct reader *r, struct span span, const char *code, const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	diag_error(r->sink, code, span, "%s", text.buf);
	strbuf_release(&text);
	return r->status = -1;
}

static int unknown_key(struct reader *r, const struct yaml_tree_node *key,
	const char *what, const char *const *known)
{
	struct nearest near;

	nearest_init(&near, key->text);
	for (size_t i = 0; known[i]; i++) {
		nearest_offer(&near, sv_from(known[i]));
	}
	if (near.best.p) {
		return read_fault(r, key->span, "CW-A002",
			"unknown key \"" SV_FMT "\" in %s; did you mean \"" SV_FMT "\"?",
			SV_ARG(key->text), what, SV_ARG(near.best));
	}
	read_fault(r, key->span, "CW-A002", "unknown key \"" SV_FMT "\" in %s",
		SV_ARG(key->text), what);
	struct strbuf list = STRBUF_INIT;
	for (size_t i = 0; known[i]; i++) {
		strbuf_addf(&list, "%s%s", i ? ", " : "", known[i]);
	}
	diag_note(r->sink, (struct span){0}, "known are %s", list.buf);
	strbuf_release(&list);
	return -1;
}

int read_keys(struct reader *r, const struct yaml_tree_node *node, const char *what,
	const char *const *known)
{
	int status = 0;

	if (node->kind != YAML_MAPPING) {
		return read_fault(r, node->span, "CW-A001",
			"%s must be a mapping, not %s", what, yaml_kind_name(node));
	}
	for (uint32_t i = 0; i < node->count; i++) {
		bool found = false;
		for (size_t k = 0; known[k] && !found; k++) {
			found = sv_eq_str(node->pairs[i].key->text, known[k]);
		}
		if (!found) {
			status = unknown_key(r, node->pairs[i].key, what, known);
		}
	}
	return status;
}

const struct yaml_tree_node *read_get(const struct yaml_tree_node *map, const char *key)
{
	const struct yaml_tree_node *value;

	if (map->kind != YAML_MAPPING) {
		return NULL;
	}
	value = yaml_get(map, key, NULL);
	return value && !yaml_is_absent(value) ? value : NULL;
}

int read_number(struct reader *r, const struct yaml_tree_node *node, const char *what,
	double *ret)
{
	if (node->kind != YAML_SCALAR) {
		return read_fault(r, node->span, "CW-A003", "%s must be a number, not %s",
			what, yaml_kind_name(node));
	}
	if (sv_eq_str(node->text, "inf") || sv_eq_str(node->text, ".inf")) {
		*ret = HUGE_VAL;
		return 0;
	}
	if (parse_double(node->text, ret)) {
		return read_fault(r, node->span, "CW-A003", "%s must be a number", what);
	}
	return 0;
}

void read_number_key(struct reader *r, const struct yaml_tree_node *map, const char *key,
	double low, double high, double *ret)
{
	const struct yaml_tree_node *node = read_get(map, key);
	double x;

	if (!node || read_number(r, node, key, &x)) {
		return;
	}
	if (!(x >= low && x <= high)) {
		if (high < HUGE_VAL) {
			read_fault(r, node->span, "CW-A004",
				"%s must lie between %g and %g", key, low, high);
		} else {
			read_fault(r, node->span, "CW-A004", "%s must be at least %g",
				key, low);
		}
		return;
	}
	*ret = x;
}

int read_count(struct reader *r, const struct yaml_tree_node *node, const char *what,
	uint64_t low, uint64_t *ret)
{
	double x;

	if (read_number(r, node, what, &x)) {
		return -1;
	}
	if (!(x >= (double)low && x <= 0x1p53) || x != floor(x)) {
		return read_fault(r, node->span, "CW-A004",
			"%s must be an integer of at least %llu", what,
			(unsigned long long)low);
	}
	*ret = (uint64_t)x;
	return 0;
}

void read_count_key(struct reader *r, const struct yaml_tree_node *map, const char *key,
	uint64_t low, uint64_t *ret)
{
	const struct yaml_tree_node *node = read_get(map, key);

	if (node) {
		read_count(r, node, key, low, ret);
	}
}

int read_bool(
	struct reader *r, const struct yaml_tree_node *node, const char *what, bool *ret)
{
	if (node->kind == YAML_SCALAR && sv_eq_str(node->text, "true")) {
		*ret = true;
		return 0;
	}
	if (node->kind == YAML_SCALAR && sv_eq_str(node->text, "false")) {
		*ret = false;
		return 0;
	}
	return read_fault(r, node->span, "CW-A003", "%s must be true or false", what);
}

int read_duration(struct reader *r, const struct yaml_tree_node *node, const char *what,
	double *ret)
{
	int64_t seconds;
	double x;

	if (node->kind == YAML_SCALAR && parse_double(node->text, &x) == 0 && x > 0) {
		*ret = x;
		return 0;
	}
	if (node->kind == YAML_SCALAR && parse_seconds(node->text, &seconds) == 0 &&
		seconds > 0) {
		*ret = (double)seconds;
		return 0;
	}
	return read_fault(r, node->span, "CW-A003",
		"%s must be a time above 0, as 90, 90s, 15m, 2h or 1d", what);
}

const char *read_text(
	struct reader *r, const struct yaml_tree_node *node, const char *what)
{
	if (node->kind != YAML_SCALAR) {
		read_fault(r, node->span, "CW-A003", "%s must be a text, not %s", what,
			yaml_kind_name(node));
		return NULL;
	}
	if (node->text.n == 0) {
		read_fault(r, node->span, "CW-A003", "%s must not be empty", what);
		return NULL;
	}
	if (memchr(node->text.p, '\0', node->text.n)) {
		read_fault(r, node->span, "CW-A003", "%s holds a zero byte", what);
		return NULL;
	}
	return arena_memdup0(&r->p->arena, node->text.p, node->text.n);
}

const char *read_name(
	struct reader *r, const struct yaml_tree_node *node, const char *what)
{
	const char *s = read_text(r, node, what);

	if (!s) {
		return NULL;
	}
	for (size_t i = 0; s[i]; i++) {
		bool letter = (s[i] >= 'a' && s[i] <= 'z') ||
			      (s[i] >= 'A' && s[i] <= 'Z') || s[i] == '_';
		if (!letter && !(i && s[i] >= '0' && s[i] <= '9')) {
			read_fault(r, node->span, "CW-A005",
				"%s may hold letters, digits and \"_\" only, and begins with "
				"no digit",
				what);
			return NULL;
		}
	}
	return s;
}

int read_word(struct reader *r, const struct yaml_tree_node *node, const char *what,
	const char *const *word)
{
	struct strbuf list = STRBUF_INIT;
	struct nearest near;

	nearest_init(&near, node->kind == YAML_SCALAR ? node->text : SV(""));
	for (int i = 0; word[i]; i++) {
		if (node->kind == YAML_SCALAR && sv_eq_str(node->text, word[i])) {
			strbuf_release(&list);
			return i;
		}
		nearest_offer(&near, sv_from(word[i]));
		strbuf_addf(&list, "%s%s", i ? ", " : "", word[i]);
	}
	if (near.best.p) {
		read_fault(r, node->span, "CW-A006",
			"\"" SV_FMT "\" is no %s; did you mean \"" SV_FMT "\"?",
			SV_ARG(node->text), what, SV_ARG(near.best));
	} else {
		read_fault(
			r, node->span, "CW-A006", "%s must be one of %s", what, list.buf);
	}
	strbuf_release(&list);
	return -1;
}

double *read_numbers(struct reader *r, const struct yaml_tree_node *node,
	const char *what, size_t *ret_count)
{
	double *v;

	if (node->kind == YAML_SCALAR) {
		v = ARENA_ARRAY(&r->p->arena, double, 1);
		*ret_count = 1;
		return read_number(r, node, what, v) ? NULL : v;
	}
	if (node->kind != YAML_SEQUENCE || node->count == 0) {
		read_fault(
			r, node->span, "CW-A003", "%s must be a list of numbers", what);
		return NULL;
	}
	v = ARENA_ARRAY(&r->p->arena, double, node->count);
	*ret_count = node->count;
	for (uint32_t i = 0; i < node->count; i++) {
		if (read_number(r, node->items[i], what, &v[i])) {
			return NULL;
		}
	}
	return v;
}

const struct yaml_pair *read_single(
	struct reader *r, const struct yaml_tree_node *node, const char *what)
{
	if (node->kind != YAML_MAPPING || node->count != 1) {
		read_fault(r, node->span, "CW-A001",
			"%s must be a mapping with one key, such as {uniform: [0, 1]}",
			what);
		return NULL;
	}
	return &node->pairs[0];
}

double *read_per_stat(struct reader *r, const struct yaml_tree_node *node,
	const char *what, double low, double normally)
{
	struct problem *p = r->p;
	double *v = ARENA_ARRAY(&p->arena, double, p->nstat + 1);
	const struct yaml_tree_node *item;

	for (size_t k = 0; k < p->nstat; k++) {
		v[k] = normally;
	}
	if (!node) {
		return v;
	}
	if (node->kind == YAML_SEQUENCE && node->count != p->nstat) {
		read_fault(r, node->span, "CW-A007",
			"%s has %u numbers, \"observed\" has %zu", what, node->count,
			p->nstat);
		return v;
	}
	if (node->kind == YAML_MAPPING) {
		const char **known = ARENA_ARRAY(&p->arena, const char *, p->nstats + 1);
		for (size_t i = 0; i < p->nstats; i++) {
			known[i] = p->stat[i].name;
		}
		read_keys(r, node, what, known);
	}
	for (size_t i = 0; i < p->nstats; i++) {
		for (size_t k = p->stat[i].first; k < p->stat[i].first + p->stat[i].len;
			k++) {
			item = node->kind == YAML_SCALAR ? node
			       : node->kind == YAML_SEQUENCE
				       ? node->items[k]
				       : read_get(node, p->stat[i].name);
			if (item && read_number(r, item, what, &v[k]) == 0 &&
				(!(v[k] >= low) || !isfinite(v[k]))) {
				read_fault(r, item->span, "CW-A004", "%s must be %s",
					what, low > 0 ? "positive" : "at least 0");
			}
		}
	}
	return v;
}

const char *read_path_text(struct reader *r, const char *text)
{
	if (text[0] == '/' || strcmp(r->p->dir, ".") == 0) {
		return text;
	}
	return arena_printf(&r->p->arena, "%s/%s", r->p->dir, text);
}
