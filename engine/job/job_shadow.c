#include "job/job_shadow.h"

#include "pattern/place.h"

const char *shadow_folder(const struct job_values *v)
{
	return arena_printf(
		v->arena, ".cwflow/shadow/%u.%u", (unsigned)v->job, (unsigned)v->attempt);
}

static bool is_relative(struct strview path)
{
	return path.n && path.p[0] != '/';
}

static void add_call(struct strbuf *out, const char *name, struct strview path)
{
	if (is_relative(path)) {
		strbuf_addf(out, "%s ", name);
		shell_quote(out, path);
		strbuf_addch(out, '\n');
	}
}

static const char begin[] =
	"set -eu\n"
	"rm -rf -- \"$s\"\n"
	"mkdir -p -- \"$s\"\n"
	"folder() { case $1 in */*) mkdir -p -- \"$s/${1%/*}\" ;; esac; }\n"
	"link() { folder \"$1\"; [ -e \"$s/$1\" ] || ln -s -- \"$w/$1\" \"$s/$1\"; }\n"
	"back() {\n"
	"\t[ -e \"$s/$1\" ] || [ -h \"$s/$1\" ] || return 0\n"
	"\t[ \"$s/$1\" -ef \"$w/$1\" ] && return 0\n"
	"\tcase $1 in */*) mkdir -p -- \"$w/${1%/*}\" ;; esac\n"
	"\trm -rf -- \"$w/$1\"\n"
	"\tmv -f -- \"$s/$1\" \"$w/$1\"\n"
	"}\n";

static const char top_level[] = "for f in \"$w\"/* \"$w\"/.[!.]*; do\n"
				"\tcase ${f##*/} in .cwflow) continue ;; esac\n"
				"\t[ -e \"$f\" ] && %s -- \"$f\" \"$s/\"\n"
				"done\n";

static void add_content(struct job_values *v, struct strbuf *out)
{
	switch (v->rule->shadow) {
	case SHADOW_NONE:
		break;
	case SHADOW_MINIMAL:
		job_values_inputs(v);
		for (uint32_t i = 0; i < v->input_count; i++) {
			add_call(out, "link", v->inputs[i]);
		}
		break;
	case SHADOW_SHALLOW:
		strbuf_addf(out, top_level, "ln -s");
		break;
	case SHADOW_FULL:
		strbuf_addf(out, top_level, "cp -Rs");
		break;
	}
}

/* Path of the file of dependencies; empty where there is none. */
static struct strview depfile_of(struct job_values *v)
{
	struct strbuf path = STRBUF_INIT;
	struct render_error err = {0};
	if (v->rule->depfile) {
		job_render(v, v->rule->depfile, true, &path, &err);
	}
	struct strview copy = arena_sv(v->arena, strbuf_sv(&path));
	strbuf_release(&path);
	return copy;
}

void shadow_script(struct job_values *v, const char *folder, struct strbuf *out)
{
	const struct rule *rule = v->rule;
	struct strview depfile = depfile_of(v);
	uint32_t logs_end = rule->output_count + rule->log_count;
	strbuf_addstr(out, "w=");
	shell_quote(out, v->c->d->wf->workdir);
	strbuf_addf(out, "\ns=$w/%s\n%s", folder, begin);
	add_content(v, out);
	for (uint32_t i = 0; i < logs_end; i++) {
		add_call(out, "folder", v->products[i]);
	}
	add_call(out, "folder", depfile);
	strbuf_addstr(out, "rc=0\n(cd -- \"$s\" && exec \"$@\") || rc=$?\n");
	for (uint32_t i = rule->output_count; i < logs_end; i++) {
		add_call(out, "back", v->products[i]);
	}
	strbuf_addstr(out, "if [ $rc = 0 ]; then\n:\n");
	for (uint32_t i = 0; i < rule->output_count; i++) {
		add_call(out, "back", v->products[i]);
	}
	add_call(out, "back", depfile);
	strbuf_addstr(out, "fi\nrm -rf -- \"$s\"\nexit $rc\n");
}
