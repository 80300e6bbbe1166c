#include "job/fingerprint_text.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/hash.h"

/* What a reference is for may change without the result changing. */
static bool is_volatile(const struct ref *ref)
{
	switch (ref->kind) {
	case REF_THREADS:
	case REF_RESOURCES:
	case REF_ATTEMPT:
	case REF_JOBID:
	case REF_LOG:
	case REF_BENCHMARK:
	case REF_WORKDIR:
	case REF_WORKFLOW_DIR:
	case REF_ENV:
	case REF_INPUT_SIZE:
	case REF_PARAMS: /* they have a number of their own */
		return true;
	case REF_WILDCARD:
	case REF_INPUT:
	case REF_OUTPUT:
	case REF_RULE:
	case REF_CONFIG:
	case REF_EXTRA:
		break;
	}
	return false;
}

static bool stands_as_name(const struct piece *piece)
{
	VEC(const struct expr *) stack = {0};
	bool found = false;
	if (piece->kind != PIECE_EXPR) {
		return false;
	}
	if (piece->format == FORMAT_LIST) {
		return true;
	}
	if (piece->expr->op == EXPR_REF) {
		return is_volatile(piece->expr->ref);
	}
	vec_push(&stack, piece->expr);
	while (stack.n && !found) {
		const struct expr *e = vec_pop(&stack);
		found = e->op == EXPR_REF && is_volatile(e->ref);
		for (uint32_t i = 0; i < e->arg_count; i++) {
			vec_push(&stack, e->args[i]);
		}
	}
	vec_release(&stack);
	return found;
}

bool fingerprint_is_whole(const struct text *t)
{
	for (uint32_t i = 0; i < t->t.count; i++) {
		if (stands_as_name(&t->t.pieces[i])) {
			return false;
		}
	}
	return true;
}

/* The text with what does not change put in, and the rest as written. */
static int render(struct job_values *v, const struct text *t, struct strbuf *out)
{
	struct render_error err = {0};
	uint32_t from = 0;
	for (uint32_t i = 0; i <= t->t.count; i++) {
		if (i < t->t.count && !stands_as_name(&t->t.pieces[i])) {
			continue;
		}
		struct template part = t->t;
		part.pieces += from;
		part.count = i - from;
		if (part.count &&
			template_render(&part, &v->renderer, false, out, &err) != 0) {
			return -1;
		}
		if (i < t->t.count) {
			const struct piece *p = &t->t.pieces[i];
			strbuf_addsv(out, sv_sub(t->t.text, p->off, p->len));
		}
		from = i + 1;
	}
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void fingerprint_trim(struct strbuf *sb)
{
	size_t from = 0, to = sb->len;
	while (from < to && is_blank(sb->buf[from])) {
		from++;
	}
	while (to > from && is_blank(sb->buf[to - 1])) {
		to--;
	}
	if (from) {
		memmove(sb->buf, sb->buf + from, to - from);
	}
	strbuf_setlen(sb, to - from);
}

static int add_setting(struct fingerprinter *f, struct job_values *v, const char *name,
	const struct text *t)
{
	if (!t) {
		return 0;
	}
	strbuf_addch(&f->params, '.');
	strbuf_addstr(&f->params, name);
	strbuf_addch(&f->params, '=');
	int rc = render(v, t, &f->params);
	strbuf_addch(&f->params, '\n');
	return rc;
}

int fingerprint_command(struct fingerprinter *f, struct job_values *v)
{
	const struct rule *rule = v->rule;
	int rc = 0;
	switch (rule->command_kind) {
	case RULE_NOTHING:
		return 0;
	case RULE_SHELL:
		rc = render(v, &rule->command, &f->command);
		strbuf_addstr(&f->params, ".shell=");
		strbuf_addstr(&f->params, rule->shell->executable);
		strbuf_addstr(&f->params, "\n.prefix=");
		strbuf_addsv(&f->params, rule->shell->prefix);
		strbuf_addch(&f->params, '\n');
		break;
	case RULE_COMMAND:
		for (uint32_t i = 0; i < rule->argv_count && rc == 0; i++) {
			strbuf_addstr(&f->command, i ? "\n" : "");
			rc = render(v, &rule->argv[i], &f->command);
		}
		rc = rc ? rc : add_setting(f, v, "stdin", rule->stdin_path);
		rc = rc ? rc : add_setting(f, v, "stdout", rule->stdout_path);
		rc = rc ? rc : add_setting(f, v, "stderr", rule->stderr_path);
		break;
	case RULE_SCRIPT:
		rc = render(v, &rule->script, &f->command);
		strbuf_addf(&f->params, ".script=%016llx\n",
			(unsigned long long)fingerprint_script(
				f, rule, strbuf_sv(&f->command)));
		break;
	}
	fingerprint_trim(&f->command);
	for (uint32_t i = 0; i < rule->env_count && rc == 0; i++) {
		char *name = xasprintf("env." SV_FMT, SV_ARG(rule->env[i].name));
		rc = add_setting(f, v, name, &rule->env[i].value);
		free(name);
	}
	return rc;
}

/* A param on the way down: where it is among those of its parent. */
struct level {
	const struct param *p;
	uint32_t next;
	size_t name; /* length of the name before it */
};

/* The value of a param that is computed by a source. */
static int add_item(struct job_values *v, const struct param *top, struct ref_step *steps,
	uint32_t depth, struct strbuf *out)
{
	struct ref ref = {.kind = REF_PARAMS,
		.name = SV("param"),
		.steps = steps,
		.step_count = depth,
		.slot = (uint32_t)(top - v->rule->params)};
	struct render_error err = {0};
	struct value value = {.kind = VALUE_TEXT};
	if (v->renderer.resolve(v->renderer.ctx, &ref, &value, &err) != 0) {
		return -1;
	}
	if (value.kind == VALUE_TEXT) {
		strbuf_addsv(out, value.text);
	}
	for (uint32_t i = 0; value.kind == VALUE_LIST && i < value.count; i++) {
		strbuf_addstr(out, i ? " " : "");
		strbuf_addsv(out, value.list[i]);
	}
	return 0;
}

static int add_leaf(struct fingerprinter *f, struct job_values *v, const struct param *p,
	const struct param *top, struct ref_step *steps, uint32_t depth,
	const struct strbuf *name)
{
	strbuf_addsv(&f->params, strbuf_sv(name));
	strbuf_addch(&f->params, '=');
	int rc = p->kind == PARAM_TEXT ? render(v, &p->text, &f->params)
				       : add_item(v, top, steps, depth, &f->params);
	strbuf_addch(&f->params, '\n');
	return rc;
}

static void add_name(struct strbuf *name, const struct param *p, uint32_t index)
{
	if (p->name.n) {
		strbuf_addstr(name, name->len ? "." : "");
		strbuf_addsv(name, p->name);
	} else {
		strbuf_addf(name, "[%u]", (unsigned)index);
	}
}

/* One param of the rule with all below it. */
static int add_param(struct fingerprinter *f, struct job_values *v, uint32_t index)
{
	const struct param *top = &v->rule->params[index];
	VEC(struct level) stack = {0};
	VEC(struct ref_step) steps = {0};
	struct strbuf name = STRBUF_INIT;
	int rc = 0;
	add_name(&name, top, index);
	vec_push(&stack, (struct level){.p = top});
	while (stack.n && rc == 0) {
		struct level *l = &vec_last(&stack);
		bool leaf = l->p->kind == PARAM_TEXT || l->p->kind == PARAM_ITEM;
		if (l->p->is_volatile || leaf || l->next == l->p->item_count) {
			if (leaf && !l->p->is_volatile) {
				rc = add_leaf(f, v, l->p, top, steps.v, (uint32_t)steps.n,
					&name);
			}
			strbuf_setlen(&name, l->name);
			stack.n--;
			steps.n -= steps.n > 0;
			continue;
		}
		uint32_t i = l->next++;
		const struct param *child = &l->p->items[i];
		size_t before = name.len;
		add_name(&name, child, i);
		vec_push(&steps, (struct ref_step){.index = i});
		vec_push(&stack, (struct level){child, 0, before});
	}
	vec_release(&stack);
	vec_release(&steps);
	strbuf_release(&name);
	return rc;
}

int fingerprint_params(struct fingerprinter *f, struct job_values *v)
{
	int rc = 0;
	for (uint32_t i = 0; i < v->rule->param_count && rc == 0; i++) {
		rc = add_param(f, v, i);
	}
	return rc;
}

int fingerprint_software(struct fingerprinter *f, struct job_values *v)
{
	int rc = add_setting(f, v, "container", v->rule->container);
	for (uint32_t i = 0; i < v->rule->envmodule_count && rc == 0; i++) {
		rc = add_setting(f, v, "module", &v->rule->envmodules[i]);
	}
	return rc;
}

/* All bytes of a file; 1 where they cannot be read. */
static uint64_t sum_of_file(const char *path)
{
	char buf[16384];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return 1;
	}
	struct hash_stream *h = hash_stream_new();
	ssize_t n;
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		hash_stream_add(h, buf, (size_t)n);
	}
	uint64_t sum = n < 0 ? 1 : hash_stream_digest(h).lo;
	hash_stream_free(h);
	close(fd);
	return sum;
}

uint64_t fingerprint_script(
	struct fingerprinter *f, const struct rule *rule, struct strview path)
{
	struct strbuf full = STRBUF_INIT;
	if (path.n == 0 || path.p[0] != '/') {
		strbuf_addf(&full, SV_FMT "/", SV_ARG(rule->script_dir));
	}
	strbuf_addsv(&full, path);
	uint64_t key = hash64(full.buf, full.len);
	uint32_t at = hashmap_get(&f->scripts, key);
	if (at == HASHMAP_NONE) {
		at = (uint32_t)f->script_sums.n;
		vec_push(&f->script_sums, sum_of_file(full.buf));
		hashmap_set(&f->scripts, key, at);
	}
	strbuf_release(&full);
	return f->script_sums.v[at];
}
