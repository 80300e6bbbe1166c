#include "job/fingerprint.h"

#include "base/hash.h"
#include "job/fingerprint_text.h"

void fingerprinter_init(struct fingerprinter *f, struct job_context *c)
{
	size_t rules = c->d->wf->rule_count;
	*f = (struct fingerprinter){.c = c};
	strbuf_init(&f->bytes);
	arena_init(&f->arena);
	f->rules = xcalloc(rules ? rules : 1, sizeof(*f->rules));
	for (size_t i = 0; i < rules; i++) {
		strbuf_init(&f->rules[i].text);
	}
	hashmap_init(&f->scripts);
	strbuf_init(&f->command);
	strbuf_init(&f->params);
}

void fingerprinter_release(struct fingerprinter *f)
{
	strbuf_release(&f->bytes);
	arena_release(&f->arena);
	for (size_t i = 0; i < f->c->d->wf->rule_count; i++) {
		strbuf_release(&f->rules[i].text);
	}
	free(f->rules);
	hashmap_release(&f->scripts);
	vec_release(&f->script_sums);
	strbuf_release(&f->command);
	strbuf_release(&f->params);
}

/* Adds a text and where it ends. */
static void add(struct fingerprinter *f, struct strview text)
{
	uint64_t n = text.n;
	strbuf_add(&f->bytes, &n, sizeof(n));
	strbuf_addsv(&f->bytes, text);
}

static void add_number(struct fingerprinter *f, uint64_t x)
{
	strbuf_add(&f->bytes, &x, sizeof(x));
}

static void add_text(struct fingerprinter *f, const struct text *t)
{
	add(f, t ? t->t.text : (struct strview){NULL, 0});
}

static uint64_t finish(struct fingerprinter *f)
{
	uint64_t h = hash128(f->bytes.buf, f->bytes.len).lo;
	strbuf_reset(&f->bytes);
	return h ? h : 1;
}

/* The whole configuration that a rule sees, once. */
static uint64_t config_version(struct fingerprinter *f, const struct config *root)
{
	if (f->config_of != root && root) {
		VEC(const struct config *) stack = {0};
		vec_push(&stack, root);
		while (stack.n) {
			const struct config *c = vec_pop(&stack);
			add_number(f, c->kind);
			add_number(f, c->count);
			add(f, c->text);
			for (uint32_t i = 0; i < c->count; i++) {
				if (c->kind == CONFIG_MAP) {
					add(f, c->keys[i]);
				}
				vec_push(&stack, c->items[i]);
			}
		}
		vec_release(&stack);
		f->config = finish(f);
		f->config_of = root;
	}
	return root ? f->config : 0;
}

/* The params as written; false where a table or a set has a say. */
static bool add_params(struct fingerprinter *f, const struct rule *rule)
{
	VEC(const struct param *) stack = {0};
	bool plain = true;
	for (uint32_t i = 0; i < rule->param_count; i++) {
		vec_push(&stack, &rule->params[i]);
	}
	while (stack.n) {
		const struct param *p = vec_pop(&stack);
		plain = plain && p->kind != PARAM_ITEM;
		add(f, p->name);
		add_number(f, p->kind);
		add_number(f, p->is_volatile);
		add_number(f, p->item_count);
		if (p->kind == PARAM_TEXT) {
			add_text(f, &p->text);
		}
		for (uint32_t i = 0; i < p->item_count; i++) {
			vec_push(&stack, &p->items[i]);
		}
	}
	vec_release(&stack);
	return plain;
}

uint64_t fingerprint_rule(struct fingerprinter *f, const struct rule *rule)
{
	uint64_t *version = &f->rules[rule->index].version;
	if (*version) {
		return *version == UINT64_MAX ? 0 : *version;
	}
	uint64_t config = config_version(f, rule->config);
	add_number(f, FINGERPRINT_VERSION);
	add_number(f, config);
	add_number(f, rule->command_kind);
	add_text(f, rule->command_kind == RULE_SHELL ? &rule->command : NULL);
	for (uint32_t i = 0; i < rule->argv_count; i++) {
		add_text(f, &rule->argv[i]);
	}
	bool plain = true;
	if (rule->command_kind == RULE_SCRIPT) {
		const struct template *t = &rule->script.t;
		plain = t->expr_count == 0;
		add_text(f, &rule->script);
		if (plain && t->count) {
			add_number(f, fingerprint_script(f, rule, t->pieces[0].text));
		}
	}
	add_text(f, rule->stdin_path);
	add_text(f, rule->stdout_path);
	add_text(f, rule->stderr_path);
	for (uint32_t i = 0; i < rule->env_count; i++) {
		add(f, rule->env[i].name);
		add_text(f, &rule->env[i].value);
	}
	for (uint32_t i = 0; i < rule->product_count; i++) {
		add(f, rule->products[i].name);
		add_text(f, &rule->products[i].path);
	}
	for (uint32_t i = 0; i < rule->input_count; i++) {
		add(f, rule->inputs[i].name);
	}
	if (rule->shell) {
		add(f, sv_from(rule->shell->executable));
		add(f, rule->shell->prefix);
	}
	for (uint32_t i = 0; i < rule->wildcard_count; i++) {
		add(f, rule->wildcards[i]);
	}
	add_text(f, rule->container);
	for (uint32_t i = 0; i < rule->envmodule_count; i++) {
		add_text(f, &rule->envmodules[i]);
	}
	plain = add_params(f, rule) && plain;
	*version = finish(f);
	if (!plain) {
		*version = UINT64_MAX;
	}
	return plain ? *version : 0;
}

/* Whether all jobs of the rule have the same params: texts without references. */
static bool has_fixed_params(const struct rule *rule)
{
	VEC(const struct param *) stack = {0};
	bool fixed = true;
	for (uint32_t i = 0; i < rule->param_count; i++) {
		vec_push(&stack, &rule->params[i]);
	}
	while (stack.n && fixed) {
		const struct param *p = vec_pop(&stack);
		fixed = p->kind != PARAM_ITEM &&
			(p->kind != PARAM_TEXT || !p->text.t.expr_count);
		for (uint32_t i = 0; i < p->item_count; i++) {
			vec_push(&stack, &p->items[i]);
		}
	}
	vec_release(&stack);
	return fixed;
}

/* Whether nothing but the command, as it is run, tells jobs of the rule from each other. */
static bool only_command_differs(struct fingerprinter *f, const struct rule *rule)
{
	struct rule_print *common = &f->rules[rule->index];
	if (common->same == RULE_PRINT_UNSEEN) {
		bool same = rule->command_kind == RULE_SHELL && !rule->env_count &&
			    !rule->container && !rule->envmodule_count &&
			    rule->shadow == SHADOW_NONE && has_fixed_params(rule) &&
			    fingerprint_is_whole(&rule->command);
		common->same = same ? RULE_PRINT_SAME : RULE_PRINT_DIFFERS;
	}
	return common->same != RULE_PRINT_DIFFERS;
}

/* The fingerprint by the command and what an earlier job of the rule had. */
static void print_command(struct fingerprinter *f, const struct rule_print *common,
	struct strview text, struct fingerprint *ret)
{
	strbuf_reset(&f->command);
	strbuf_reset(&f->params);
	strbuf_addsv(&f->command, text);
	fingerprint_trim(&f->command);
	strbuf_addsv(&f->params, strbuf_sv(&common->text));
	add(f, strbuf_sv(&f->command));
	add(f, (struct strview){f->params.buf, common->settings});
	*ret = (struct fingerprint){finish(f), common->params, common->software};
}

int fingerprint_job(struct fingerprinter *f, uint32_t job, const struct strview *text,
	struct fingerprint *ret)
{
	struct job_values v;
	const struct rule *rule = dag_rule(f->c->d, job);
	struct rule_print *common = &f->rules[rule->index];
	bool same = text && only_command_differs(f, rule);
	if (same && common->same == RULE_PRINT_KEPT) {
		print_command(f, common, *text, ret);
		return 0;
	}
	struct arena_mark mark = arena_mark(&f->arena);
	strbuf_reset(&f->command);
	strbuf_reset(&f->params);
	int rc = job_values_init(&v, f->c, &f->arena, job, 1);
	rc = rc ? rc : fingerprint_command(f, &v);
	if (rc == 0) {
		add(f, strbuf_sv(&f->command));
		add(f, strbuf_sv(&f->params));
		ret->code = finish(f);
		size_t settings = f->params.len;
		common->settings = settings;
		rc = fingerprint_params(f, &v);
		add(f, sv_skip(strbuf_sv(&f->params), settings));
		ret->params = finish(f);
		settings = f->params.len;
		rc = rc ? rc : fingerprint_software(f, &v);
		add(f, sv_skip(strbuf_sv(&f->params), settings));
		ret->software = finish(f);
	}
	if (rc == 0 && same) {
		strbuf_addsv(&common->text, strbuf_sv(&f->params));
		common->params = ret->params;
		common->software = ret->software;
		common->same = RULE_PRINT_KEPT;
	}
	arena_pop(&f->arena, mark);
	return rc;
}
