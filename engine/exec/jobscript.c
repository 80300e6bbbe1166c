#include "exec/jobscript.h"

#include "base/hash.h"
#include "base/vec.h"
#include "pattern/mark.h"
#include "pattern/place.h"

enum { TEXT_MOST = 100 * 1024 }; /* of a command in the script */

static const char *const usual_exports[] = {"PATH", "LD_LIBRARY_PATH", "LIBRARY_PATH",
	"PYTHONPATH", "PERL5LIB", "R_LIBS", "R_LIBS_USER", "JAVA_HOME", "LANG",
	"LANGUAGE", "LC_*", "TZ", "MODULEPATH", "MODULEPATH_ROOT", "MODULESHOME",
	"LMOD_*", "CONDA_*", "MAMBA_*", "VIRTUAL_ENV", "SINGULARITY_CACHEDIR",
	"APPTAINER_CACHEDIR", NULL};

static void add_quoted(struct strbuf *out, const char *word)
{
	shell_quote(out, sv_from(word));
}

/* Text for behind a #: nothing in it ends the line. */
static void add_comment(struct strbuf *out, const char *text)
{
	for (; *text; text++) {
		strbuf_addch(out, (unsigned char)*text < ' ' ? ' ' : *text);
	}
}

void jobscript_add_head(struct strbuf *out, const struct jobscript_options *o,
	const char *tag, const char *what)
{
	strbuf_addstr(out, "#!/bin/sh\n# cwflow: ");
	add_comment(out, what);
	strbuf_addstr(out, "\n# By hand: sh THIS_FILE\ndir=");
	add_quoted(out, o->dir);
	strbuf_addf(out, "\nbase=$dir/%s\n", tag);
}

void jobscript_add_id(struct strbuf *out)
{
	strbuf_addstr(out,
		"id=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID-}}\n"
		"[ -z \"${JOB_ID-}\" ] || case ${SGE_TASK_ID-} in '' | undefined) ;;\n"
		"*) id=$JOB_ID.$SGE_TASK_ID ;; esac\n"
		"[ -z \"${LSB_JOBID-}\" ] || case ${LSB_JOBINDEX:-0} in 0) ;;\n"
		"*) id=$LSB_JOBID[$LSB_JOBINDEX] ;; esac\n"
		"id=${CWFLOW_ID:-${id:-${SLURM_JOB_ID:-${PBS_JOBID:-${LSB_JOBID:-"
		"${JOB_ID:--}}}}}}\n");
}

void jobscript_add_time(struct strbuf *out)
{
	strbuf_addstr(out,
		"# GNU time tells the memory that was used, where there is one.\n"
		"[ -n \"${CWFLOW_TIME-}\" ] || if /usr/bin/time -f %M -o \"$base.usage\" "
		"true 2>/dev/null; then\n"
		"\tCWFLOW_TIME=yes\n"
		"else\n"
		"\tCWFLOW_TIME=no\n"
		"fi\n");
}

static bool is_exported(const struct jobscript_options *o, const char *var)
{
	const char *sign = strchr(var, '=');
	size_t n = sign ? (size_t)(sign - var) : 0;
	for (const char *const *e = o->export_names ? o->export_names : usual_exports; *e;
		e++) {
		size_t len = strlen(*e);
		bool open = len && (*e)[len - 1] == '*';
		len -= open;
		if (n && (open ? n >= len : n == len) && strncmp(var, *e, len) == 0) {
			return true;
		}
	}
	return false;
}

static bool is_shell_name(const char *var, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = var[i];
		bool letter =
			(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		if (!letter && !(i && c >= '0' && c <= '9')) {
			return false;
		}
	}
	return n > 0;
}

static void add_export(struct strbuf *out, const char *name, size_t n, const char *value,
	struct strview mark)
{
	if (!is_shell_name(name, n)) {
		return;
	}
	strbuf_addf(out, "export %.*s=", (int)n, name);
	mark_quote(out, mark, sv_from(value));
	strbuf_addch(out, '\n');
}

static bool sets(const struct job_spec *spec, const char *name)
{
	for (uint32_t i = 0; i < spec->env_count; i++) {
		if (strcmp(spec->env[i].name, name) == 0) {
			return true;
		}
	}
	return false;
}

static void add_environment(struct strbuf *out, const struct jobscript_options *o,
	const struct job_spec *spec)
{
	static const char *const counts[] = {
		"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"};
	for (char *const *e = o->environ_from; e && *e; e++) {
		if (is_exported(o, *e)) {
			size_t n = strcspn(*e, "=");
			add_export(out, *e, n, *e + n + 1, SV(""));
		}
	}
	if (o->tools_dir) {
		strbuf_addstr(out, "PATH=${PATH:-/usr/local/bin:/usr/bin:/bin}:");
		add_quoted(out, o->tools_dir);
		strbuf_addstr(out, "; export PATH\n");
	}
	for (size_t i = 0; i < CW_ARRAY_LEN(counts); i++) {
		if (!sets(spec, counts[i])) {
			strbuf_addf(out, "export %s=%u\n", counts[i],
				spec->threads ? spec->threads : 1);
		}
	}
	/* since 22.05 srun does not take over what its job was given */
	strbuf_addstr(out, "[ -z \"${SLURM_CPUS_PER_TASK-}\" ] || export "
			   "SRUN_CPUS_PER_TASK=\"$SLURM_CPUS_PER_TASK\"\n");
	for (uint32_t i = 0; i < spec->env_count; i++) {
		add_export(out, spec->env[i].name, strlen(spec->env[i].name),
			spec->env[i].value, spec->mark);
	}
}

typedef VEC(struct strview) name_vec;

static void collect_variables(const struct job_spec *spec, const char *word, name_vec *v)
{
	struct strview text, name, rest = sv_from(word);
	while (mark_next(spec->mark, &rest, &text, &name)) {
		bool known = !name.n;
		for (size_t i = 0; i < v->n && !known; i++) {
			known = sv_eq(v->v[i], name);
		}
		if (!known) {
			vec_push(v, name);
		}
	}
}

/* Without the variables that it refers to the command is not run. */
static void add_variable_checks(struct strbuf *out, const struct job_spec *spec)
{
	name_vec names = {0};
	for (uint32_t i = 0; i < spec->env_count; i++) {
		collect_variables(spec, spec->env[i].value, &names);
	}
	for (uint32_t i = 0; spec->kind == COMMAND_ARGV && spec->argv[i]; i++) {
		collect_variables(spec, spec->argv[i], &names);
	}
	for (size_t i = 0; i < names.n; i++) {
		strbuf_addf(out,
			"[ -n \"${" SV_FMT "+x}\" ] || measured() {\n"
			"\techo 'cwflow: the variable " SV_FMT
			" did not come with the job' >&2\n"
			"\treturn 1\n"
			"}\n",
			SV_ARG(names.v[i]), SV_ARG(names.v[i]));
	}
	vec_release(&names);
}

static void add_redirection(struct strbuf *out, const char *sign, const char *path)
{
	if (path) {
		strbuf_addstr(out, sign);
		add_quoted(out, path);
	}
}

/* The command, measured, with its time limit. True where its text is in a file. */
static bool add_command(struct strbuf *out, const struct job_spec *spec)
{
	bool in_file = false;
	strbuf_addstr(out, "measured ");
	if (spec->timeout_s > 0) {
		strbuf_addf(out, "timeout -k 10 %lld ", (long long)spec->timeout_s);
	}
	if (spec->kind == COMMAND_ARGV) {
		for (uint32_t i = 0; spec->argv[i]; i++) {
			strbuf_addstr(out, i ? " " : "");
			mark_quote(out, spec->mark, sv_from(spec->argv[i]));
		}
	} else {
		add_quoted(out, spec->shell);
		in_file = spec->shell_prefix.n + spec->text.n > TEXT_MOST;
		if (in_file) {
			strbuf_addstr(out, " \"$base.command\"");
		} else {
			struct strbuf text = STRBUF_INIT;
			jobscript_command(&text, spec);
			strbuf_addstr(out, " -c ");
			shell_quote(out, strbuf_sv(&text));
			strbuf_release(&text);
		}
	}
	add_redirection(out, " <", spec->stdin_path ? spec->stdin_path : "/dev/null");
	add_redirection(out, " >", spec->stdout_path);
	if (spec->stderr_path && spec->stdout_path &&
		strcmp(spec->stderr_path, spec->stdout_path) == 0) {
		strbuf_addstr(out, " 2>&1");
	} else {
		add_redirection(out, " 2>", spec->stderr_path);
	}
	strbuf_addch(out, '\n');
	return in_file;
}

void jobscript_command(struct strbuf *out, const struct job_spec *spec)
{
	strbuf_addsv(out, spec->shell_prefix);
	if (spec->shell_prefix.n) {
		strbuf_addch(out, ' ');
	}
	strbuf_addsv(out, spec->text);
}

void jobscript_write(struct strbuf *out, const struct jobscript_options *o,
	const struct job_spec *spec, const char *tag, bool *ret_command_file)
{
	struct strbuf what = STRBUF_INIT;
	strbuf_addf(&what, "rule %s%s%s, attempt %u", spec->rule,
		*spec->wildcards ? ", " : "", spec->wildcards, spec->attempt);
	jobscript_add_head(out, o, tag, what.buf);
	strbuf_release(&what);
	strbuf_addstr(out,
		"\n# The job is of whoever makes the claim first: this script, one that is\n"
		"# submitted beside it, or the engine when it gives the job up. A script that\n"
		"# its scheduler runs again has it still, and so has a person.\n");
	jobscript_add_id(out);
	strbuf_addstr(out,
		"unset CWFLOW_ID\n"
		"none() {\n"
		"\techo \"cwflow: nothing is done, $base is $1\" >&2\n"
		"\texit 0\n"
		"}\n"
		"set -C\n"
		"if ! { echo \"job $id\" >\"$base.claim\"; } 2>/dev/null; then\n"
		"\t[ ! -h \"$base.claim\" ] || none 'given up'\n"
		"\tread -r claim <\"$base.claim\"\n"
		"\tcase $claim in \"job $id\" | 'job -') ;;\n"
		"\t*) [ \"$id\" = - ] || none \"another's: $claim\" ;; esac\n"
		"fi\n"
		"set +C\n"
		"[ ! -e \"$base.status\" ] || rm -f \"$base.status\"\n"
		"cd ");
	add_quoted(out, o->workdir);
	strbuf_addstr(out, " || exit 1\n\n# On a terminal it prints there.\n"
			   "[ -t 1 ] || exec >\"$base.out\" 2>&1\n\n");
	add_environment(out, o, spec);
	strbuf_addstr(out,
		"\n# A signal for all of the job ends the command; its end is told all the same.\n"
		"trap : HUP INT TERM USR1 USR2 XCPU\n");
	jobscript_add_time(out);
	strbuf_addstr(out,
		"has_time=$CWFLOW_TIME\n"
		"unset CWFLOW_TIME\n"
		"measured() {\n"
		"\tif [ \"$has_time\" = yes ]; then\n"
		"\t\t/usr/bin/time -f 'usage %U %S %M %I %O %e' -o \"$base.usage\" \"$@\"\n"
		"\telse\n"
		"\t\t\"$@\"\n"
		"\tfi\n"
		"}\n\n");
	add_variable_checks(out, spec);
	*ret_command_file = add_command(out, spec);
	strbuf_addstr(out,
		"\ncode=$?\n"
		"read -r host 2>/dev/null </proc/sys/kernel/hostname || host=$(uname -n)\n"
		"{\n"
		"\techo \"exit $code\"\n"
		"\techo \"host $host\"\n"
		"\tif [ -s \"$base.usage\" ] && [ \"$has_time\" = yes ]; then\n"
		"\t\twhile read -r line; do usage=$line; done <\"$base.usage\"\n"
		"\t\techo \"$usage\"\n"
		"\telse\n"
		"\t\ttimes >\"$base.times\"\n"
		"\t\techo \"times $(tail -n 1 \"$base.times\")\"\n"
		"\tfi\n"
		"\techo done\n"
		"} >\"$base.part\" && mv -f \"$base.part\" \"$base.status\"\n"
		"# 99 and 100 would mean something to Grid Engine\n"
		"case $code in 99 | 100) code=1 ;; esac\n"
		"exit \"$code\"\n");
}

/* The rest of the line that begins with `word` and a blank; n 0: there is none. */
static struct strview line_of(struct strview text, const char *word)
{
	size_t len = strlen(word);
	while (text.n) {
		const char *nl = memchr(text.p, '\n', text.n);
		size_t n = nl ? (size_t)(nl - text.p) : text.n;
		if (n > len && memcmp(text.p, word, len) == 0 && text.p[len] == ' ') {
			return sv_sub(text, len + 1, n - len - 1);
		}
		text = sv_skip(text, nl ? n + 1 : n);
	}
	return (struct strview){"", 0};
}

/* "0m1.250s 0m0.010s", as the shell's times says it. */
static double read_minutes(const char **p)
{
	char *end;
	double minutes = strtod(*p, &end);
	double seconds = *end == 'm' ? strtod(end + 1, &end) : 0;
	*p = *end == 's' ? end + 1 : end;
	return minutes * 60 + seconds;
}

int jobscript_status_parse(struct strview text, struct jobscript_status *ret)
{
	struct strview code = line_of(text, "exit"), host = line_of(text, "host");
	*ret = (struct jobscript_status){0};
	if (!code.n || !sv_ends(text, SV("\ndone\n"))) {
		return -1;
	}
	for (size_t i = 0; i < code.n; i++) {
		if (code.p[i] < '0' || code.p[i] > '9' || i > 2) {
			return -1;
		}
		ret->code = ret->code * 10 + (code.p[i] - '0');
	}
	snprintf(ret->host, sizeof(ret->host), SV_FMT, SV_ARG(host));
	struct job_usage *u = &ret->usage;
	char numbers[128];
	snprintf(numbers, sizeof(numbers), SV_FMT, SV_ARG(line_of(text, "times")));
	const char *p = numbers;
	u->user_s = read_minutes(&p);
	u->sys_s = read_minutes(&p);
	snprintf(numbers, sizeof(numbers), SV_FMT, SV_ARG(line_of(text, "usage")));
	double user, sys, seconds;
	long long kb, in, blocks_out;
	if (sscanf(numbers, "%lf %lf %lld %lld %lld %lf", &user, &sys, &kb, &in,
		    &blocks_out, &seconds) == 6) {
		u->user_s = user;
		u->sys_s = sys;
		u->max_rss_kb = kb;
		u->in_blocks = in;
		u->out_blocks = blocks_out;
		u->seconds = seconds;
	}
	return 0;
}

static void add_string(struct hash_stream *h, const char *s)
{
	hash_stream_add(h, s ? s : "", s ? strlen(s) + 1 : 1);
}

/* The names of variables alone: the mark before them is another in each run. */
static void add_marked(struct hash_stream *h, struct strview mark, const char *word)
{
	struct strview text, name, rest = sv_from(word);
	while (mark_next(mark, &rest, &text, &name)) {
		hash_stream_add(h, text.p, text.n);
		hash_stream_add(h, name.p, name.n);
	}
	hash_stream_add(h, "", 1);
}

struct job_identity job_identity_of(const struct job_spec *spec)
{
	struct job_identity id;
	struct hash_stream *h = hash_stream_new();
	add_string(h, spec->rule);
	add_string(h, spec->wildcards);
	for (uint32_t i = 0; i < spec->output_count; i++) {
		add_string(h, spec->outputs[i].path);
	}
	id.who = hash_stream_digest(h).lo;
	add_string(h, spec->shell);
	hash_stream_add(h, spec->shell_prefix.p, spec->shell_prefix.n);
	hash_stream_add(h, spec->text.p, spec->text.n);
	for (uint32_t i = 0; spec->kind == COMMAND_ARGV && spec->argv[i]; i++) {
		add_marked(h, spec->mark, spec->argv[i]);
	}
	add_string(h, spec->stdin_path);
	add_string(h, spec->stdout_path);
	add_string(h, spec->stderr_path);
	for (uint32_t i = 0; i < spec->env_count; i++) {
		add_string(h, spec->env[i].name);
		add_marked(h, spec->mark, spec->env[i].value);
	}
	id.what = hash_stream_digest(h).lo;
	hash_stream_free(h);
	return id;
}
