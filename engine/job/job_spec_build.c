#include "job/job_spec_build.h"

#include <limits.h>
#include <stdlib.h>

#include "job/job_argv.h"
#include "job/job_json.h"
#include "job/job_shadow.h"
#include "job/job_wrap.h"

struct build {
	struct job_values v;
	struct job_spec *spec;
	const char **ret_error;
	const char *job_file; /* $CWFLOW_JOB, or NULL */
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

static int add_shell(struct build *b)
{
	const struct rule *rule = b->v.rule;
	if (render(b, &rule->command, false, &b->spec->text) != 0) {
		return -1;
	}
	b->spec->kind = COMMAND_SHELL;
	b->spec->shell = rule->shell->executable;
	b->spec->shell_prefix = rule->shell->prefix;
	return 0;
}

static int add_streams(struct build *b)
{
	const struct {
		const struct text *text;
		const char **ret;
	} streams[] = {{b->v.rule->stdin_path, &b->spec->stdin_path},
		{b->v.rule->stdout_path, &b->spec->stdout_path},
		{b->v.rule->stderr_path, &b->spec->stderr_path}};
	for (size_t i = 0; i < CW_ARRAY_LEN(streams); i++) {
		struct strview path;
		if (!streams[i].text) {
			continue;
		}
		if (render(b, streams[i].text, true, &path) != 0) {
			return -1;
		}
		*streams[i].ret = path.p;
	}
	return 0;
}

/* To a cluster, in a script. */
static bool goes_away(const struct build *b)
{
	return b->v.c->remote && !b->v.rule->localrule;
}

static int add_argv(struct build *b)
{
	struct render_error err = {0};
	uint32_t at = 0;
	char *const *argv = NULL;
	b->v.mark_env = goes_away(b);
	int rc = job_argv(&b->v, &argv, &at, &err);
	b->v.mark_env = false;
	if (rc != 0) {
		return fault(b, &b->v.rule->argv[at], &err);
	}
	b->spec->kind = COMMAND_ARGV;
	b->spec->argv = argv;
	return add_streams(b);
}

static int add_script(struct build *b)
{
	struct strview path;
	if (render(b, &b->v.rule->script, true, &path) != 0) {
		return -1;
	}
	char *const *argv =
		script_argv(b->v.arena, b->v.rule->script_dir, path, b->ret_error);
	if (!argv) {
		return -1;
	}
	b->spec->kind = COMMAND_ARGV;
	b->spec->argv = argv;
	struct strview text, file = SV("job.json");
	struct render_error err = {0};
	if (!b->v.c->write_file) {
		b->job_file = file.p;
		return 0;
	}
	if (job_json(&b->v, &text, &err) != 0) {
		return fault(b, &b->v.rule->script, &err);
	}
	if (b->v.c->write_file(b->v.c->write_ctx, b->v.job, b->v.attempt, "job", text,
		    b->v.arena, &file) != 0) {
		*b->ret_error = "the file for $CWFLOW_JOB could not be written";
		return -1;
	}
	b->job_file = file.p;
	return 0;
}

static int add_command(struct build *b)
{
	switch (b->v.rule->command_kind) {
	case RULE_NOTHING:
		b->spec->kind = COMMAND_NONE;
		return 0;
	case RULE_SHELL:
		return add_shell(b);
	case RULE_COMMAND:
		return add_argv(b);
	case RULE_SCRIPT:
		return add_script(b);
	}
	CW_BUG("command of kind %d", (int)b->v.rule->command_kind);
}

/* What people are shown and what is written down holds names of variables, not values. */
static int hide_values(struct build *b)
{
	struct job_context *c = b->v.c;
	const struct rule *rule = b->v.rule;
	struct job_context before = *c;
	struct render_error err = {0};
	struct strview text;
	uint32_t at;
	int rc = 0;
	if (!rule->uses_env) {
		return 0;
	}
	b->v.hide_env = true;
	c->write_file = NULL; /* lists are written already */
	if (b->spec->kind == COMMAND_SHELL) {
		rc = render(b, &rule->command, false, &text);
		b->spec->shown = rc == 0 ? text.p : NULL;
	} else if (rule->command_kind == RULE_COMMAND) {
		rc = job_argv(&b->v, &b->spec->shown_argv, &at, &err);
	}
	c->write_file = before.write_file;
	b->v.hide_env = false;
	return rc;
}

/* The folder of the script, where it lies outside of the working directory; else NULL. */
static const char *script_folder(struct build *b)
{
	struct strview workdir = b->v.c->d->wf->workdir;
	char real[PATH_MAX];
	char *const *last = b->spec->argv;
	while (last[1]) {
		last++;
	}
	if (!realpath(*last, real)) {
		return NULL;
	}
	char *slash = strrchr(real, '/');
	if (slash && slash != real) {
		*slash = '\0';
	}
	bool inside = sv_starts(sv_from(real), workdir) &&
		      (real[workdir.n] == '/' || real[workdir.n] == '\0');
	return inside ? NULL : arena_strdup(b->v.arena, real);
}

/* Modules are loaded, and the container entered, around the command. */
static int add_software(struct build *b)
{
	const struct rule *rule = b->v.rule;
	struct strview image;
	if (rule->envmodule_count && b->spec->kind != COMMAND_NONE) {
		struct strview *names =
			ARENA_ARRAY(b->v.arena, struct strview, rule->envmodule_count);
		for (uint32_t i = 0; i < rule->envmodule_count; i++) {
			if (render(b, &rule->envmodules[i], false, &names[i]) != 0) {
				return -1;
			}
		}
		wrap_modules(b->v.arena, names, rule->envmodule_count, b->spec);
	}
	if (!rule->container || b->spec->kind == COMMAND_NONE) {
		return 0;
	}
	if (render(b, rule->container, false, &image) != 0) {
		return -1;
	}
	const struct workflow *wf = b->v.c->d->wf;
	struct container c = {.program = b->v.c->container_program,
		.image = image,
		.workdir = wf->workdir,
		.folder = wf->workdir,
		.names = wf->envvars,
		.name_count = wf->envvar_count};
	if (rule->shadow != SHADOW_NONE) {
		c.folder = sv_from(arena_printf(b->v.arena, SV_FMT "/%s",
			SV_ARG(wf->workdir), shadow_folder(&b->v)));
	}
	if (rule->command_kind == RULE_SCRIPT) {
		c.binds[0] = script_folder(b);
		c.binds[1] = b->v.c->share_dir;
	}
	const char *error = wrap_container(b->v.arena, &c, b->spec);
	if (error) {
		*b->ret_error = error;
	}
	return error ? -1 : 0;
}

/* What people are shown stays the command itself. */
static int add_shadow(struct build *b)
{
	struct job_values *v = &b->v;
	struct strbuf text = STRBUF_INIT;
	struct strview file;
	if (v->rule->shadow == SHADOW_NONE || b->spec->kind == COMMAND_NONE ||
		!v->c->write_file) {
		return 0;
	}
	if (b->spec->kind == COMMAND_SHELL && !b->spec->shown) {
		b->spec->shown = b->spec->text.p;
	}
	shadow_script(v, shadow_folder(v), &text);
	int rc = v->c->write_file(v->c->write_ctx, v->job, v->attempt, "shadow",
		strbuf_sv(&text), v->arena, &file);
	strbuf_release(&text);
	if (rc != 0) {
		*b->ret_error = "the script for its scratch folder could not be written";
		return -1;
	}
	wrap_script(v->arena, file, b->spec);
	return 0;
}

static int add_env(struct build *b)
{
	const struct rule *rule = b->v.rule;
	uint32_t n = 0;
	struct env_pair *env =
		ARENA_ARRAY(b->v.arena, struct env_pair, rule->env_count + 2);
	for (uint32_t i = 0; i < rule->env_count; i++) {
		struct strview value;
		b->v.mark_env = goes_away(b);
		int rc = render(b, &rule->env[i].value, false, &value);
		b->v.mark_env = false;
		if (rc != 0) {
			return -1;
		}
		env[n++] = (struct env_pair){
			arena_sv(b->v.arena, rule->env[i].name).p, value.p};
	}
	if (b->job_file) {
		env[n++] = (struct env_pair){"CWFLOW_JOB", b->job_file};
	}
	if (b->job_file && b->v.c->share_dir) {
		env[n++] = (struct env_pair){"CWFLOW_SHARE", b->v.c->share_dir};
	}
	b->spec->env = env;
	b->spec->env_count = n;
	return 0;
}

static int add_depfile(struct build *b)
{
	struct strview path;
	if (!b->v.rule->depfile) {
		return 0;
	}
	if (render(b, b->v.rule->depfile, true, &path) != 0) {
		return -1;
	}
	b->spec->depfile = path.p;
	return 0;
}

/* What it is called, also where all else fails. */
static void add_name(
	const struct dag *d, struct arena *arena, uint32_t job, struct job_spec *ret)
{
	struct strbuf sb = STRBUF_INIT;
	dag_wildcards_text(d, job, &sb);
	ret->rule = dag_rule(d, job)->name.p;
	ret->wildcards = arena_sv(arena, strbuf_sv(&sb)).p;
	strbuf_release(&sb);
}

static int add_message(struct build *b)
{
	struct strview message;
	if (b->v.rule->message) {
		b->v.hide_env = true;
		int rc = render(b, b->v.rule->message, false, &message);
		b->v.hide_env = false;
		if (rc != 0) {
			return -1;
		}
		b->spec->message = message.p;
	}
	return 0;
}

/* What --enforce holds a job to: its mem_mb, and its runtime, which is in minutes. */
static int add_limits(struct build *b)
{
	const struct rule *rule = b->v.rule;
	for (uint32_t k = 0; b->v.c->enforce && k < rule->resource_count; k++) {
		struct strview name = rule->resources[k].name;
		bool memory = sv_eq_str(name, "mem_mb");
		struct render_error err = {0};
		struct value value;
		if (!memory && !sv_eq_str(name, "runtime")) {
			continue;
		}
		if (job_resource(&b->v, k, &value, &err) != 0) {
			return fault(b, &rule->resources[k].value, &err);
		}
		if (value.kind == VALUE_INT && memory) {
			b->spec->mem_limit_mb = value.i;
		} else if (value.kind == VALUE_INT) {
			b->spec->runtime_limit_s = value.i * 60;
		}
	}
	return 0;
}

int job_spec_build(struct job_context *c, struct arena *arena, uint32_t job,
	uint32_t attempt, struct job_spec *ret, const char **ret_error)
{
	struct build b = {.spec = ret, .ret_error = ret_error};
	*ret = (struct job_spec){.job = job, .attempt = attempt};
	ret->mark = sv_from(c->mark);
	add_name(c->d, arena, job, ret);
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
	if (add_limits(&b) != 0 || add_message(&b) != 0 || add_command(&b) != 0 ||
		add_depfile(&b) != 0 || hide_values(&b) != 0 || add_env(&b) != 0) {
		return -1;
	}
	return add_software(&b) != 0 ? -1 : add_shadow(&b);
}
