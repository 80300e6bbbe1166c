#include "abc/abc_cli.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/edit_distance.h"
#include "base/number.h"
#include "base/xalloc.h"
#include "sys/fs.h"

const struct abc_command abc_commands[] = {
	{"run", "PROBLEM.yaml", "a whole run, resumable, into RUN.db", "osjbrqRM", 1, 1,
		abc_run},
	{"generation", "PROBLEM.yaml", "one generation from the one before", "otpsjbrqRM",
		1, 1, abc_generation},
	{"part", "PROBLEM.yaml", "a range of evaluations of a generation", "otpkisjbrqRM",
		1, 1, abc_part},
	{"merge", "PROBLEM.yaml PART...", "parts put together to their generation",
		"otpnsjbrqRM", 1, SIZE_MAX / 2, abc_merge},
	{"check", "PROBLEM.yaml", "whether results depend on the evaluation's id alone",
		"q", 1, 1, abc_check},
	{"show", "RUN.db", "generations, model probabilities, parameters", "JCS", 1, 1,
		abc_show},
	{"plot", "RUN.db PICTURE", "marginals, thresholds, acceptance, pairs", "", 2, 2,
		abc_plot},
	{"worker", "PROBLEM.yaml", "works for masters with --sampler redis", "RWq", 1, 1,
		abc_worker},
	{"manager", "info|stop|reset-workers",
		"asks or tells the workers of a Redis server", "R", 1, 1, abc_manager},
	{"evaluate", "PROBLEM.yaml", "ranges from lines to lines, for the sampler map",
		"Bq", 1, 1, abc_evaluate},
	{"simulators", "", "the built-in simulators and their arguments", "F", 0, 0,
		abc_simulators},
};
const size_t abc_command_count = CW_ARRAY_LEN(abc_commands);

enum option_kind {
	OPT_TEXT,
	OPT_FLAG,
	OPT_COUNT,
	OPT_SIGNED,
	OPT_JOBS,
	OPT_PART,
	OPT_SECONDS
};

struct option_spec {
	char letter;      /* in abc_command.allows */
	const char *name; /* long, without dashes */
	char dash;        /* short form, or 0 */
	enum option_kind kind;
	size_t offset;
	const char *arg, *what;
};

#define AT(field) offsetof(struct abc_options, field)
static const struct option_spec option_specs[] = {
	{'o', "output", 'o', OPT_TEXT, AT(output), "FILE", "where the result goes"},
	{'t', "t", 't', OPT_SIGNED, AT(t), "T",
		"the generation, from 0 (-1: calibration)"},
	{'p', "previous", 0, OPT_TEXT, AT(previous), "GEN.db",
		"the generations before it"},
	{'k', "part", 'p', OPT_PART, AT(part), "K/P", "part K (from 1) of P"},
	{'i', "ids", 0, OPT_COUNT, AT(ids), "N",
		"evaluations that the parts share (estimated)"},
	{'n', "no-fill", 0, OPT_FLAG, AT(no_fill), NULL,
		"exit 3 where evaluations are missing, sample none"},
	{'s', "sampler", 0, OPT_TEXT, AT(sampler), "NAME",
		"single, dynamic (where -j is above 1), static, redis, redis-static, map"},
	{'j', "jobs", 'j', OPT_JOBS, AT(jobs), "N", "worker processes"},
	{'b', "batch", 0, OPT_COUNT, AT(batch), "K", "evaluations a lease (adapts)"},
	{'r', "restart", 0, OPT_FLAG, AT(restart), NULL,
		"forget what an earlier run left"},
	{'q', "quiet", 'q', OPT_FLAG, AT(quiet), NULL, "only errors"},
	{'J', "json", 0, OPT_FLAG, AT(json), NULL, "everything as JSON"},
	{'C', "csv", 0, OPT_FLAG, AT(csv), NULL, "every particle of every generation"},
	{'F', "cflags", 0, OPT_FLAG, AT(cflags), NULL,
		"print the compiler's option for cwabc_model.h instead"},
	{'R', "host", 0, OPT_TEXT, AT(redis.host), "HOST",
		"Redis server, or /path of its socket (localhost)"},
	{'R', "port", 0, OPT_COUNT, AT(port), "PORT", "its port (6379)"},
	{'R', "password", 0, OPT_TEXT, AT(redis.password), "TEXT",
		"better: CWABC_REDIS_PASSWORD, or a file"},
	{'R', "password-file", 0, OPT_TEXT, AT(password_file), "FILE", "its first line"},
	{'M', "ranks-per-model", 0, OPT_COUNT, AT(ranks_per_model), "M",
		"cwabc-mpi: ranks that run one simulation together (1)"},
	{'M', "map-command", 0, OPT_TEXT, AT(map_command), "TEMPLATE",
		"sampler map: how lines reach {evaluate}"},
	{'B', "begin", 0, OPT_TEXT, AT(begin), "FILE",
		"the generation, as a master wrote it"},
	{'W', "runtime", 0, OPT_SECONDS, AT(runtime), "2h",
		"leave after this time (2h), idle or not"},
	{'W', "processes", 0, OPT_COUNT, AT(processes), "N", "worker processes (1)"},
	{'W', "lease", 0, OPT_SECONDS, AT(lease), "10s",
		"a killed worker costs so long (10s)"},
	{'S', "stats", 0, OPT_FLAG, AT(stats), NULL, "with --csv: their statistics too"},
};

enum abc_exit abc_error(const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT, safe = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	escape_for_terminal(&safe, strbuf_sv(&text));
	fprintf(stderr, "cwabc: error: %s\n", safe.buf);
	strbuf_release(&text);
	strbuf_release(&safe);
	return ABC_FAILED;
}

static const struct option_spec *find_option(
	const struct abc_command *command, struct strview name)
{
	for (size_t i = 0; i < CW_ARRAY_LEN(option_specs); i++) {
		const struct option_spec *o = &option_specs[i];
		if (strchr(command->allows, o->letter) && sv_eq_str(name, o->name)) {
			return o;
		}
	}
	return NULL;
}

static int unknown_option(const struct abc_command *command, struct strview name)
{
	struct nearest near;

	nearest_init(&near, name);
	for (size_t i = 0; i < CW_ARRAY_LEN(option_specs); i++) {
		if (strchr(command->allows, option_specs[i].letter)) {
			nearest_offer(&near, sv_from(option_specs[i].name));
		}
	}
	if (near.best.p) {
		abc_error("unknown option --" SV_FMT "; did you mean --" SV_FMT "?",
			SV_ARG(name), SV_ARG(near.best));
	} else {
		abc_error("\"%s\" has no option --" SV_FMT "; see \"cwabc %s --help\"",
			command->name, SV_ARG(name), command->name);
	}
	return -1;
}

/* "3/8". */
static int parse_part(const char *text, struct abc_options *o)
{
	const char *slash = strchr(text, '/');
	int64_t k, n;

	if (!slash || parse_i64((struct strview){text, (size_t)(slash - text)}, &k) ||
		parse_i64(sv_from(slash + 1), &n) || n < 1 || k < 1 || k > n) {
		abc_error(
			"--part wants K/P with K from 1 to P, as 3/8, not \"%s\"", text);
		return -1;
	}
	o->part = (uint64_t)k - 1;
	o->parts = (uint64_t)n;
	return 0;
}

/* Seconds above 0 from "90", "1.5", "90s" or "2H". */
static int parse_time(const char *text, double *ret)
{
	char lower[32];
	int64_t whole = 0;
	size_t n = strlen(text);

	if (n >= sizeof(lower)) {
		return -1;
	}
	for (size_t i = 0; i <= n; i++) {
		lower[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] - 'A' + 'a'
								   : text[i]);
	}
	*ret = 0;
	if (parse_double(sv_from(lower), ret)) {
		if (parse_seconds(sv_from(lower), &whole)) {
			return -1;
		}
		*ret = (double)whole;
	}
	return *ret > 0 && isfinite(*ret) ? 0 : -1;
}

static int set_option(
	const struct option_spec *spec, const char *text, struct abc_options *o)
{
	char *at = (char *)o + spec->offset;
	int64_t x = 0;
	double d = 0;

	switch (spec->kind) {
	case OPT_TEXT:
		memcpy(at, &text, sizeof(text));
		return 0;
	case OPT_FLAG:
		*(bool *)at = true;
		return 0;
	case OPT_COUNT:
		if (parse_double(sv_from(text), &d) || !(d >= 1 && d <= 0x1p53)) {
			abc_error("--%s wants a number above 0, not \"%s\"", spec->name,
				text);
			return -1;
		}
		*(uint64_t *)(void *)at = (uint64_t)d;
		return 0;
	case OPT_SIGNED:
		if (parse_i64(sv_from(text), &x) || x < -1 || x > 1000000) {
			abc_error(
				"--t wants a generation: 0, 1, 2, ..., not \"%s\"", text);
			return -1;
		}
		o->t = x;
		o->has_t = true;
		return 0;
	case OPT_JOBS:
		if (parse_i64(sv_from(text), &x) || x < 1 || x > 4096) {
			abc_error("-j wants a number of processes, not \"%s\"", text);
			return -1;
		}
		o->jobs = (unsigned)x;
		return 0;
	case OPT_PART:
		return parse_part(text, o);
	case OPT_SECONDS:
		if (parse_time(text, &d)) {
			abc_error("--%s wants a time as 90s, 15m, 2h or 1d, not \"%s\"",
				spec->name, text);
			return -1;
		}
		*(double *)(void *)at = d;
		return 0;
	}
	return 0;
}

/* One argument that begins with a dash; *at moves behind its value. */
static int parse_dashed(const struct abc_command *command, int argc, char **argv, int *at,
	struct abc_options *o)
{
	const char *word = argv[*at], *value = NULL;
	const struct option_spec *spec = NULL;

	if (word[1] == '-') {
		const char *equal = strchr(word, '=');
		struct strview name = sv_from(word + 2);
		if (equal) {
			name.n = (size_t)(equal - word - 2);
			value = equal + 1;
		}
		spec = find_option(command, name);
		if (!spec) {
			return unknown_option(command, name);
		}
	} else {
		for (size_t i = 0; i < CW_ARRAY_LEN(option_specs) && !spec; i++) {
			if (option_specs[i].dash == word[1] &&
				strchr(command->allows, option_specs[i].letter)) {
				spec = &option_specs[i];
			}
		}
		if (!spec || (spec->kind == OPT_FLAG && word[2])) {
			return unknown_option(command, sv_from(word + 1));
		}
		value = word[2] ? word + 2 : NULL;
	}
	if (spec->kind == OPT_FLAG) {
		if (value) {
			abc_error("--%s takes no value", spec->name);
			return -1;
		}
	} else if (!value) {
		if (*at + 1 >= argc) {
			abc_error("--%s needs a value: %s", spec->name, spec->arg);
			return -1;
		}
		value = argv[++*at];
	}
	return set_option(spec, value, o);
}

/* Where the Redis server is, and its password; that of the command line is wiped, so that
 * the process list does not show it. */
static int complete_redis(struct abc_options *o)
{
	struct strbuf text = STRBUF_INIT;
	const char *from_env = getenv("CWABC_REDIS_PASSWORD");

	o->redis.host = o->redis.host ? o->redis.host : "localhost";
	o->redis.port = o->port ? (int)o->port : 6379;
	if (o->redis.password) {
		char *shown;
		memcpy(&shown, &o->redis.password, sizeof(shown));
		o->secret = xstrdup(shown);
		memset(shown, 'x', strlen(shown));
	} else if (o->password_file) {
		if (fs_read_file(o->password_file, 4096, &text)) {
			strbuf_release(&text);
			abc_error(
				"cannot read %s: %s", o->password_file, strerror(errno));
			return -1;
		}
		o->secret = xmemdup0(text.buf, strcspn(text.buf, "\r\n"));
	} else if (from_env) {
		o->secret = xstrdup(from_env);
	}
	o->redis.password = o->secret;
	strbuf_release(&text);
	return 0;
}

/* A file that can be made there, as far as its name tells. */
static int check_output(const struct abc_command *command, const char *output)
{
	struct stat st;

	if (!output || !*output) {
		abc_error("\"%s\" needs -o FILE: where the result goes", command->name);
		return -1;
	}
	if (stat(output, &st) == 0 && S_ISDIR(st.st_mode)) {
		abc_error("-o %s: that is a folder; the result is a file", output);
		return -1;
	}
	return 0;
}

int abc_parse(
	const struct abc_command *command, int argc, char **argv, struct abc_options *ret)
{
	bool only_operands = false;

	*ret = (struct abc_options){.mpi = ret->mpi};
	ret->operand = xcalloc((size_t)argc + 1, sizeof(*ret->operand));
	for (int i = 0; i < argc; i++) {
		if (!only_operands && strcmp(argv[i], "--") == 0) {
			only_operands = true;
		} else if (!only_operands && argv[i][0] == '-' && argv[i][1]) {
			if (parse_dashed(command, argc, argv, &i, ret)) {
				return -1;
			}
		} else {
			ret->operand[ret->operands++] = argv[i];
		}
	}
	if (ret->operands < command->least || ret->operands > command->most) {
		abc_error("usage: cwabc %s [OPTION...] %s", command->name,
			command->operands);
		return -1;
	}
	if (ret->json && ret->csv) {
		abc_error("give one of --json and --csv");
		return -1;
	}
	if (strchr(command->allows, 'R') && complete_redis(ret)) {
		return -1;
	}
	if (strchr(command->allows, 'W') && ret->runtime <= 0) {
		ret->runtime = 7200;
	}
	if (strchr(command->allows, 'o') && check_output(command, ret->output)) {
		return -1;
	}
	if (ret->ranks_per_model > 1 && !ret->mpi) {
		abc_error(
			"--ranks-per-model is cwabc-mpi's: mpirun -n N cwabc-mpi %s ...",
			command->name);
		return -1;
	}
	if (strchr(command->allows, 't') && !ret->has_t) {
		abc_error("\"%s\" needs --t T: which generation", command->name);
		return -1;
	}
	return 0;
}

bool abc_is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

void abc_options_release(struct abc_options *o)
{
	free(o->operand);
	free(o->secret);
}

static void print_option(FILE *to, const struct option_spec *o)
{
	char left[64];

	snprintf(left, sizeof(left), "%c%c%s--%s%s%s", o->dash ? '-' : ' ',
		o->dash ? o->dash : ' ', o->dash ? ", " : "  ", o->name,
		o->arg ? " " : "", o->arg ? o->arg : "");
	fprintf(to, "  %-26s %s\n", left, o->what);
}

void abc_help(FILE *to, const struct abc_command *command)
{
	if (command) {
		fprintf(to, "usage: cwabc %s [OPTION...] %s\n%s.\n\n", command->name,
			command->operands, command->what);
		for (size_t i = 0; i < CW_ARRAY_LEN(option_specs); i++) {
			if (strchr(command->allows, option_specs[i].letter)) {
				print_option(to, &option_specs[i]);
			}
		}
		fprintf(to, "  %-26s %s\n", "    --help", "this text");
		return;
	}
	fputs("usage: cwabc COMMAND [OPTION...] ...\n"
	      "Approximate Bayesian computation: generations as files, exact and\n"
	      "reproducible, however many workers take part.\n\n",
		to);
	for (size_t i = 0; i < abc_command_count; i++) {
		fprintf(to, "  %-11s %s\n", abc_commands[i].name, abc_commands[i].what);
	}
	fputs("\n\"cwabc COMMAND --help\" tells a command's options; cwabc(1) the rest.\n",
		to);
}
