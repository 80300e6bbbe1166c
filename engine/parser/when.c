/* `when`: a rule exists only if these values of the configuration or environment hold. */
#include "parser/when.h"

#include "base/number.h"

/* The next step of "a.b[c]": `a`, and *rest behind it. */
static struct strview next_step(struct strview *rest)
{
	bool bracket = rest->p[0] == '[';
	struct strview s = bracket || rest->p[0] == '.' ? sv_skip(*rest, 1) : *rest;
	size_t n = 0;
	while (n < s.n && (bracket ? s.p[n] != ']' : s.p[n] != '.' && s.p[n] != '[')) {
		n++;
	}
	*rest = sv_skip(s, bracket && n < s.n ? n + 1 : n);
	return sv_sub(s, 0, n);
}

static const struct config *step_into(const struct config *c, struct strview step)
{
	int64_t index;
	if (c && c->kind == CONFIG_LIST && parse_i64(step, &index) == 0) {
		return index >= 0 && index < (int64_t)c->count ? c->items[index] : NULL;
	}
	return config_get(c, step);
}

/* "config.a.b[0]" -> its value; NULL with an error. */
static const struct config *value_of(
	struct reader *r, const struct yaml_tree_node *key, struct strview path)
{
	const struct config *c = r->unit->module->config;
	struct strview rest = sv_skip(path, strlen("config"));
	while (rest.n) {
		struct strview step = next_step(&rest);
		const struct config *next = step_into(c, step);
		if (!next) {
			struct nearest near;
			nearest_init(&near, step);
			for (uint32_t i = 0; c && c->kind == CONFIG_MAP && i < c->count;
				i++) {
				nearest_offer(&near, c->keys[i]);
			}
			diag_error(r->sink, "CW-E031", key->span,
				"the configuration has no \"" SV_FMT "\"", SV_ARG(step));
			nearest_note(&near, r->sink);
			return NULL;
		}
		c = next;
	}
	return c;
}

/* The text that a key stands for; p NULL where there is none. */
static int subject_of(
	struct reader *r, const struct yaml_tree_node *key, struct strview *ret)
{
	struct strview name = key->text;
	*ret = (struct strview){NULL, 0};
	if (name.n > 2 && name.p[0] == '{' && name.p[name.n - 1] == '}') {
		name = sv_sub(name, 1, name.n - 2);
	}
	if (sv_starts(name, SV("env."))) {
		const char *value = getenv(arena_sv(r->arena, sv_skip(name, 4)).p);
		*ret = value ? sv_from(value) : *ret;
		return 0;
	}
	if (!sv_starts(name, SV("config.")) && !sv_starts(name, SV("config["))) {
		return diag_error(r->sink, "CW-E032", key->span,
			"`when` compares values of the configuration or the environment: "
			"write `config.NAME: VALUE` or `env.NAME: VALUE`");
	}
	const struct config *value = value_of(r, key, name);
	if (!value) {
		return -1;
	}
	if (value->kind != CONFIG_TEXT) {
		return diag_error(r->sink, "CW-E032", key->span,
			"this value of the configuration is %s, not a text",
			config_kind_name(value));
	}
	*ret = value->text;
	return 0;
}

static int holds(struct reader *r, const struct yaml_pair *pair, bool *ret)
{
	struct node_list wanted;
	struct strview subject;
	bool any = false;
	if (subject_of(r, pair->key, &subject) != 0) {
		return -1;
	}
	list_of(pair->value, &wanted);
	for (uint32_t i = 0; i < wanted.n; i++) {
		if (want_scalar(r, wanted.v[i], "a value of `when`") != 0) {
			return -1;
		}
		any |= subject.p && sv_eq(subject, wanted.v[i]->text);
	}
	*ret = *ret && any;
	return 0;
}

int when_holds(struct reader *r, const struct yaml_tree_node *when, bool *ret)
{
	*ret = true;
	if (!when) {
		return 0;
	}
	if (want_mapping(r, when, "when") != 0) {
		return -1;
	}
	int rc = 0;
	for (uint32_t i = 0; i < when->count; i++) {
		if (!yaml_is_absent(when->pairs[i].value)) {
			rc |= holds(r, &when->pairs[i], ret);
		}
	}
	return rc;
}
