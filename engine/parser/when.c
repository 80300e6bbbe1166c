/* `when`: a rule exists only if these values of the configuration hold. */
#include "parser/when.h"

/* "config.a.b" -> its value, or NULL. */
static const struct config *value_of(struct reader *r, struct strview path)
{
	const struct config *c = r->wf->config;
	struct strview rest = sv_skip(path, strlen("config."));
	while (rest.n && c) {
		const char *dot = memchr(rest.p, '.', rest.n);
		size_t len = dot ? (size_t)(dot - rest.p) : rest.n;
		c = config_get(c, sv_sub(rest, 0, len));
		rest = sv_skip(rest, dot ? len + 1 : len);
	}
	return c;
}

static int holds(struct reader *r, const struct yaml_pair *pair, bool *ret)
{
	struct strview key = pair->key->text;
	if (!sv_starts(key, SV("config."))) {
		return diag_error(r->sink, "CW-E032", pair->key->span,
			"`when` compares values of the configuration: write `config.NAME: "
			"VALUE`");
	}
	const struct config *value = value_of(r, key);
	if (value && value->kind != CONFIG_TEXT) {
		return diag_error(r->sink, "CW-E032", pair->key->span,
			"this value of the configuration is %s, not a text",
			config_kind_name(value));
	}
	struct node_list wanted;
	bool any = false;
	list_of(pair->value, &wanted);
	for (uint32_t i = 0; i < wanted.n; i++) {
		if (want_scalar(r, wanted.v[i], "a value of `when`") != 0) {
			return -1;
		}
		any |= value && sv_eq(value->text, wanted.v[i]->text);
	}
	*ret = *ret && any;
	return 0;
}

int rule_exists(struct reader *r, const struct yaml_tree_node *rule, bool *ret)
{
	const struct yaml_tree_node *when = get(rule, "when");
	*ret = true;
	if (!when) {
		return 0;
	}
	if (want_mapping(r, when, "when") != 0) {
		return -1;
	}
	int rc = 0;
	for (uint32_t i = 0; i < when->count; i++) {
		rc |= holds(r, &when->pairs[i], ret);
	}
	return rc;
}
