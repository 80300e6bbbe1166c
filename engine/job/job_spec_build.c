#include "job/job_spec_build.h"

struct build {
	struct job_values v;
	struct job_spec *spec;
	const char **ret_error;
};

static int fault(struct build *b, const struct text *t, const struct render_error *err)
{
	struct span span = t->origin.span_of(t->origin.ctx, err->off, err->len);
	struct source_place place =
		source_place(b->v.c->sink->sources, span.source, span.off);
	*b->ret_error = arena_printf(b->v.arena, "%s:%u:%u: %s",
		source_name(b->v.c->sink->sources, span.source), (unsigned)place.line,
		(unsigned)place.column, err->text ? err->text : "no value");
	return -1;
}

static int render(
	struct build *b, const struct text *t, bool as_path, struct strview *ret)
{
	struct strbuf sb = STRBUF_INIT;
	struct render_error err = {0};
	int rc = job_render(&b->v, t, as_path, &sb, &err);
	if (rc != 0) {
		rc = fault(b, t, &err);
	} else {
		*ret = arena_sv(b->v.arena, strbuf_sv(&sb));
	}
	strbuf_release(&sb);
	return rc;
}

static unsigned output_flags(unsigned product_flags)
{
	static const struct {
		unsigned product, output;
	} map[] = {{PRODUCT_TEMP, OUTPUT_TEMP}, {PRODUCT_PROTECTED, OUTPUT_PROTECTED},
		{PRODUCT_DIRECTORY, OUTPUT_DIRECTORY}, {PRODUCT_TOUCH, OUTPUT_TOUCH},
		{PRODUCT_NON_EMPTY, OUTPUT_NON_EMPTY}, {PRODUCT_RESUME, OUTPUT_RESUME}};
	unsigned flags = 0;
	for (size_t i = 0; i < CW_ARRAY_LEN(map); i++) {
		flags |= product_flags & map[i].product ? map[i].output : 0;
	}
	return flags;
}

static void add_products(struct build *b)
{
	const struct rule *rule = b->v.rule;
	struct job_spec *spec = b->spec;
	struct spec_file *outputs =
		ARENA_ARRAY(b->v.arena, struct spec_file, rule->output_count);
	const char **logs = ARENA_ARRAY(b->v.arena, const char *, rule->log_count);
	for (uint32_t i = 0; i < rule->product_count; i++) {
		const struct product *p = &rule->products[i];
		const char *path = arena_sv(b->v.arena, b->v.products[i]).p;
		if (i < rule->output_count) {
			outputs[i] = (struct spec_file){
				path, output_flags(p->flags), p->sha256};
		} else if (i < rule->output_count + rule->log_count) {
			logs[i - rule->output_count] = path;
		} else {
			spec->benchmark = path;
		}
	}
	spec->outputs = outputs;
	spec->output_count = rule->output_count;
	spec->logs = logs;
	spec->log_count = rule->log_count;
}

static int add_command(struct build *b)
{
	const struct rule *rule = b->v.rule;
	struct job_spec *spec = b->spec;
	switch (rule->command_kind) {
	case RULE_NOTHING:
		spec->kind = COMMAND_NONE;
		return 0;
	case RULE_SHELL:
		spec->kind = COMMAND_SHELL;
		spec->shell = rule->shell->executable;
		spec->shell_prefix = rule->shell->prefix;
		return render(b, &rule->command, false, &spec->text);
	case RULE_COMMAND:
	case RULE_SCRIPT:
		break;
	}
	CW_BUG("command of kind %d", (int)rule->command_kind);
}

static int add_env(struct build *b)
{
	const struct rule *rule = b->v.rule;
	struct env_pair *env = ARENA_ARRAY(b->v.arena, struct env_pair, rule->env_count);
	for (uint32_t i = 0; i < rule->env_count; i++) {
		struct strview value;
		if (render(b, &rule->env[i].value, false, &value) != 0) {
			return -1;
		}
		env[i] = (struct env_pair){
			arena_sv(b->v.arena, rule->env[i].name).p, value.p};
	}
	b->spec->env = env;
	b->spec->env_count = rule->env_count;
	return 0;
}

static int add_words(struct build *b)
{
	struct strbuf sb = STRBUF_INIT;
	dag_wildcards_text(b->v.c->d, b->v.job, &sb);
	b->spec->rule = b->v.rule->name.p;
	b->spec->wildcards = arena_sv(b->v.arena, strbuf_sv(&sb)).p;
	strbuf_release(&sb);
	struct strview message;
	if (b->v.rule->message) {
		if (render(b, b->v.rule->message, false, &message) != 0) {
			return -1;
		}
		b->spec->message = message.p;
	}
	return 0;
}

int job_spec_build(struct job_context *c, struct arena *arena, uint32_t job,
	uint32_t attempt, struct job_spec *ret, const char **ret_error)
{
	struct build b = {.spec = ret, .ret_error = ret_error};
	*ret = (struct job_spec){.job = job, .attempt = attempt};
	*ret_error = "its inputs could not be worked out";
	if (job_values_init(&b.v, c, arena, job, attempt) != 0) {
		return -1;
	}
	add_products(&b);
	int64_t threads;
	struct render_error err = {0};
	if (job_threads(&b.v, &threads, &err) != 0) {
		return fault(&b, b.v.rule->threads, &err);
	}
	ret->threads = (uint32_t)threads;
	ret->timeout_s = b.v.rule->timeout_s;
	return add_command(&b) | add_env(&b) | add_words(&b);
}
