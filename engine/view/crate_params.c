/* The params of jobs, as values of parameters of their rules. */
#include "base/hash.h"
#include "view/crate_parts.h"

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '[' || c == ']';
}

/* How long the name is that a line begins with, before its `=`; 0: it is no param of the
 * rule, and goes on with the value of the line before. */
static size_t name_length(const struct crate_params *p, struct strview line)
{
	size_t n = 0, base = 0;
	while (n < line.n && is_name(line.p[n])) {
		base += base == n && line.p[n] != '.' && line.p[n] != '[' ? 1 : 0;
		n++;
	}
	if (n == 0 || n == line.n || line.p[n] != '=') {
		return 0;
	}
	for (uint32_t i = 0; p->rule && base && i < p->rule->param_count; i++) {
		if (sv_eq(p->rule->params[i].name, sv_sub(line, 0, base))) {
			return n;
		}
	}
	return p->rule && base ? 0 : n;
}

static size_t line_length(struct strview text)
{
	const char *end = memchr(text.p, '\n', text.n);
	return end ? (size_t)(end - text.p) : text.n;
}

void crate_params_begin(
	struct crate_params *p, const struct rule *rule, struct strview text)
{
	*p = (struct crate_params){.rule = rule, .text = text};
	hashmap_init(&p->seen);
}

bool crate_params_next(
	struct crate_params *p, struct strview *ret_name, struct strview *ret_value)
{
	struct strview *text = &p->text;
	while (text->n) {
		size_t n = name_length(p, *text), end = line_length(*text);
		struct strview all = *text;
		*text = sv_skip(*text, end < text->n ? end + 1 : end);
		while (text->n && !name_length(p, *text) && all.p[0] != '.') {
			end = (size_t)(text->p - all.p) + line_length(*text);
			*text = sv_skip(all, end < all.n ? end + 1 : end);
		}
		if (n && all.p[0] != '.' &&
			hashmap_set(&p->seen, hash64(all.p, n), 0) == HASHMAP_NONE) {
			*ret_name = sv_sub(all, 0, n);
			*ret_value = sv_sub(all, n + 1, end - n - 1);
			return true;
		}
	}
	hashmap_release(&p->seen);
	return false;
}

static void rule_param_id(struct strbuf *id, struct strview rule, struct strview name)
{
	strbuf_reset(id);
	strbuf_addf(id, "#rule/" SV_FMT "/param/", SV_ARG(rule));
	crate_add_uri(id, name);
}

static void job_param_id(struct strbuf *id, uint32_t bar, struct strview name)
{
	strbuf_reset(id);
	strbuf_addf(id, "#job/%u/param/", (unsigned)bar + 1);
	crate_add_uri(id, name);
}

/* One param of a job as an entity. */
static void add_param(struct crate *c, const char *id, const struct row_job *row,
	struct strview name, struct strview value)
{
	struct strbuf text = STRBUF_INIT;
	crate_entity(c, id, "PropertyValue");
	json_key_string(&c->j, "name", name);
	json_key_string(&c->j, "value", value);
	strbuf_addf(&text, SV_FMT "/" SV_FMT, SV_ARG(row->rule), SV_ARG(name));
	intern_put(&c->params, text.buf, text.len);
	rule_param_id(&text, row->rule, name);
	crate_ref(&c->j, "exampleOfWork", text.buf);
	crate_end(c);
	strbuf_release(&text);
}

/* The params of a job: each as a reference, or (NULL) as an entity of its own. */
static void each_job_param(
	struct crate *c, uint32_t bar, const struct row_job *row, struct crate_refs *refs)
{
	struct strbuf id = STRBUF_INIT;
	struct strview name, value;
	struct crate_params params;
	crate_params_begin(&params, c->known.v[c->rule_of[bar]], row->param_text);
	while (crate_params_next(&params, &name, &value)) {
		job_param_id(&id, bar, name);
		if (refs) {
			crate_refs_add(refs, id.buf);
		} else {
			add_param(c, id.buf, row, name, value);
		}
	}
	strbuf_release(&id);
}

void crate_add_param_refs(
	struct crate *c, struct crate_refs *refs, uint32_t bar, const struct row_job *row)
{
	each_job_param(c, bar, row, refs);
}

void crate_add_params(struct crate *c, uint32_t bar, const struct row_job *row)
{
	each_job_param(c, bar, row, NULL);
}

/* The parameters of a rule: each as a reference, or (NULL) as an entity of its own. */
static void each_param(struct crate *c, struct strview rule, struct crate_refs *refs)
{
	struct strbuf head = STRBUF_INIT, id = STRBUF_INIT;
	strbuf_addf(&head, SV_FMT "/", SV_ARG(rule));
	for (uint32_t i = 0; i < c->params.count; i++) {
		struct strview name = intern_str(&c->params, i);
		if (!sv_starts(name, strbuf_sv(&head))) {
			continue;
		}
		name = sv_skip(name, head.len);
		rule_param_id(&id, rule, name);
		if (refs) {
			crate_refs_add(refs, id.buf);
			continue;
		}
		crate_entity(c, id.buf, "FormalParameter");
		json_key_string(&c->j, "name", name);
		json_key_string(&c->j, "additionalType", SV("Text"));
		crate_end(c);
	}
	strbuf_release(&id);
	strbuf_release(&head);
}

void crate_add_rule_param_refs(
	struct crate *c, struct crate_refs *refs, struct strview rule)
{
	each_param(c, rule, refs);
}

void crate_add_rule_params(struct crate *c, struct strview rule)
{
	each_param(c, rule, NULL);
}
