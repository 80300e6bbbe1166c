/* Keys and kinds: what a mapping may hold, and what to say where it holds other things. */
#include <ctype.h>

#include "base/number.h"
#include "parser/reader.h"

static const char *const reserved[] = {"input", "output", "params", "log", "benchmark",
	"resources", "threads", "rule", "jobid", "attempt", "wildcards", "config", "env",
	"workflow", "workdir", "size_mb", "path", "expand", "output_of", "lookup",
	"switch", "multiext"};

const struct yaml_tree_node *get(const struct yaml_tree_node *map, const char *key)
{
	if (!map || map->kind != YAML_MAPPING) {
		return NULL;
	}
	const struct yaml_tree_node *value = yaml_get(map, key, NULL);
	return value && !yaml_is_absent(value) ? value : NULL;
}

void list_of(const struct yaml_tree_node *node, struct node_list *ret)
{
	*ret = (struct node_list){NULL, 0, NULL};
	if (!node) {
		return;
	}
	if (node->kind == YAML_SEQUENCE) {
		ret->v = (const struct yaml_tree_node *const *)node->items;
		ret->n = node->count;
	} else {
		ret->one = node;
		ret->v = &ret->one;
		ret->n = 1;
	}
}

static const struct known_key *find_known(
	const struct known_key *keys, struct strview name)
{
	for (; keys->name; keys++) {
		if (sv_eq_str(name, keys->name)) {
			return keys;
		}
	}
	return NULL;
}

/* Words that other engines have for what is written otherwise here. */
static const char *otherwise(struct strview key)
{
	static const struct {
		const char *key, *here;
	} words[] = {
		{"run", "a program in any language is `script`, a command is `shell`"},
		{"notebook", "a program in any language is `script`"},
		{"wrapper", "a command is `shell`, a program `script`; shared rules are "
			    "`include: [{path: ..., as: ...}]`"},
		{"checkpoint",
			"what only a rule's outputs tell is read with `after: RULE` "
			"beside `expand`"},
		{"singularity", "an image is `container`"},
		{"localrules", "a rule says `localrule: true`"},
		{"workdir", "the working directory is `cwflow -d DIR`"},
		{"module", "modules are `include: [{path: ..., as: ...}]`"},
		{"use", "a rule takes another's keys with `extends`"},
		{"ancient", "a flag of an input: `{path: FILE, ancient: true}`"},
		{"temp", "a flag of an output: `{path: FILE, temp: true}`"},
		{"protected", "a flag of an output: `{path: FILE, protected: true}`"}};
	for (size_t i = 0; i < CW_ARRAY_LEN(words); i++) {
		if (sv_eq_str(key, words[i].key)) {
			return words[i].here;
		}
	}
	return NULL;
}

static void report_unknown(struct reader *r, const struct yaml_tree_node *key,
	const struct known_key *keys, const char *what)
{
	struct nearest near;
	const char *here = otherwise(key->text);
	if (here) {
		diag_error(r->sink, "CW-E012", key->span, "%s has no key \"" SV_FMT "\"",
			what, SV_ARG(key->text));
		diag_note(r->sink, (struct span){0}, "%s", here);
		return;
	}
	nearest_init(&near, key->text);
	for (const struct known_key *k = keys; k->name; k++) {
		nearest_offer(&near, sv_from(k->name));
	}
	if (near.best.p) {
		diag_error(r->sink, "CW-E012", key->span,
			"%s has no key \"" SV_FMT "\"; did you mean \"" SV_FMT "\"?",
			what, SV_ARG(key->text), SV_ARG(near.best));
		return;
	}
	struct strbuf all = STRBUF_INIT;
	for (const struct known_key *k = keys; k->name; k++) {
		if (!k->later) {
			strbuf_addf(&all, "%s%s", all.len ? ", " : "", k->name);
		}
	}
	diag_error(r->sink, "CW-E012", key->span, "%s has no key \"" SV_FMT "\"", what,
		SV_ARG(key->text));
	diag_note(r->sink, (struct span){0}, "it may have: %s", all.buf);
	strbuf_release(&all);
}

int check_keys(struct reader *r, const struct yaml_tree_node *map,
	const struct known_key *keys, const char *what, bool free_names)
{
	int rc = 0;
	for (uint32_t i = 0; i < map->count; i++) {
		const struct yaml_tree_node *key = map->pairs[i].key;
		const struct known_key *known = find_known(keys, key->text);
		if (known && known->later) {
			rc = diag_error(r->sink, "CW-E016", key->span,
				"\"%s\" is a name that is taken, but not there yet: %s",
				known->name, known->later);
		} else if (!known && free_names) {
			rc |= check_name(r, key, "a name");
		} else if (!known) {
			report_unknown(r, key, keys, what);
			rc = -1;
		}
	}
	return rc;
}

int want_mapping(struct reader *r, const struct yaml_tree_node *node, const char *what)
{
	if (node->kind == YAML_MAPPING) {
		return 0;
	}
	return diag_error(r->sink, "CW-E010", node->span,
		"%s must be a mapping (`name: value` lines), this is %s", what,
		yaml_kind_name(node));
}

int want_scalar(struct reader *r, const struct yaml_tree_node *node, const char *what)
{
	if (node->kind == YAML_SCALAR) {
		return 0;
	}
	diag_error(r->sink, "CW-E010", node->span, "%s must be a text, this is %s", what,
		yaml_kind_name(node));
	if (node->style == YAML_FLOW && node->kind == YAML_MAPPING) {
		diag_note(r->sink, (struct span){0},
			"YAML reads an unquoted {...} as a mapping: write quotes around the "
			"whole text, as in \"{sample}.txt\"");
	}
	return -1;
}

int read_bool(struct reader *r, const struct yaml_tree_node *node, bool *ret)
{
	if (node->kind == YAML_SCALAR && sv_eq_str(node->text, "true")) {
		*ret = true;
		return 0;
	}
	if (node->kind == YAML_SCALAR && sv_eq_str(node->text, "false")) {
		*ret = false;
		return 0;
	}
	return diag_error(r->sink, "CW-E011", node->span, "this must be true or false");
}

int read_int(struct reader *r, const struct yaml_tree_node *node, int64_t low,
	int64_t high, const char *what, int64_t *ret)
{
	int64_t x;
	if (want_scalar(r, node, what) != 0) {
		return -1;
	}
	if (parse_i64(node->text, &x) != 0) {
		return diag_error(r->sink, "CW-E011", node->span,
			"%s must be an integer, this is \"" SV_FMT "\"", what,
			SV_ARG(node->text));
	}
	if (x < low || x > high) {
		return diag_error(r->sink, "CW-E011", node->span,
			"%s must be between %lld and %lld", what, (long long)low,
			(long long)high);
	}
	*ret = x;
	return 0;
}

bool is_name(struct strview s)
{
	if (!s.n || isdigit((unsigned char)s.p[0])) {
		return false;
	}
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c >= 0x80 || !(isalnum(c) || c == '_')) {
			return false;
		}
	}
	return true;
}

int check_name(struct reader *r, const struct yaml_tree_node *node, const char *what)
{
	if (!is_name(node->text)) {
		return diag_error(r->sink, "CW-E014", node->span,
			"\"" SV_FMT
			"\" cannot be %s: letters, digits and _ only, and no digit "
			"first",
			SV_ARG(node->text), what);
	}
	for (size_t i = 0; i < CW_ARRAY_LEN(reserved); i++) {
		if (sv_eq_str(node->text, reserved[i])) {
			return diag_error(r->sink, "CW-E015", node->span,
				"\"" SV_FMT "\" cannot be %s: the word has a meaning in "
				"references",
				SV_ARG(node->text), what);
		}
	}
	return 0;
}
