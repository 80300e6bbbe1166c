/* --completion: scripts for shells, from the table of options. What only a workflow knows, the
 * scripts ask for by --completion rules, targets or profiles. */
#include "base/vec.h"
#include "cli/options.h"

/* What completes the value of an option; told by how help calls it. */
enum completes {
	BY_NOTHING,
	BY_FILE,
	BY_FOLDER,
	BY_RULE,    /* or by a file */
	BY_PAIR,    /* a rule, and something behind it */
	BY_PROFILE, /* or by a file */
	BY_WORD,    /* of a list */
};

static const struct {
	const char *arg;
	enum completes by;
	const char *words; /* of the list; or what stands behind the rule */
} values[] = {{"FILE", BY_FILE, NULL}, {"DIR", BY_FOLDER, NULL}, {"X", BY_RULE, NULL},
	{"RULE=N...", BY_PAIR, "="}, {"RULE=I/N", BY_PAIR, "="},
	{"RULE:NAME=V...", BY_PAIR, ":"}, {"NAME|PATH", BY_PROFILE, NULL},
	{"bash|zsh|fish", BY_WORD, "bash zsh fish"},
	{"dot|json|mermaid", BY_WORD, "dot json mermaid"},
	{"json|dot", BY_WORD, "json dot"},
	{"LIST", BY_WORD, "mtime checksum input params code software"},
	{"PROGRAM", BY_WORD, "podman apptainer docker"},
	{"GROUP", BY_WORD,
		"run values files cluster select look clean output other all"}};

static enum completes completes(const struct option *opt, const char **ret_words)
{
	*ret_words = "";
	for (size_t i = 0; opt->arg && i < CW_ARRAY_LEN(values); i++) {
		if (strcmp(opt->arg, values[i].arg) == 0) {
			*ret_words = values[i].words ? values[i].words : "";
			return values[i].by;
		}
	}
	return BY_NOTHING;
}

static bool is_end(const struct option *opt)
{
	return !opt->name && !opt->letter;
}

/* --- bash -------------------------------------------------------------------------- */

static const char bash_begin[] =
	"# cwflow --completion bash\n"
	"_cwflow_ask() {\n"
	"\tlocal i next at=()\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\tcase ${COMP_WORDS[i]} in\n"
	"\t\t-s | --snakefile | -d | --directory)\n"
	"\t\t\tnext=${COMP_WORDS[i + 1]}\n"
	"\t\t\t[[ $next != = ]] || next=${COMP_WORDS[i + 2]}\n"
	"\t\t\tat+=(\"${COMP_WORDS[i]}\" \"$next\") ;;\n"
	"\t\tesac\n"
	"\tdone\n"
	"\tcwflow \"${at[@]}\" --completion \"$1\" 2>/dev/null\n"
	"}\n"
	"_cwflow_offer() {\n"
	"\tlocal word\n"
	"\twhile IFS= read -r word; do\n"
	"\t\t[[ $word != \"$cur\"* ]] || COMPREPLY+=(\"$word$1\")\n"
	"\tdone\n"
	"}\n"
	"_cwflow_files() {\n"
	"\tlocal file\n"
	"\tcompopt -o filenames\n"
	"\twhile IFS= read -r file; do\n"
	"\t\tCOMPREPLY+=(\"$file\")\n"
	"\tdone < <(compgen \"$1\" -- \"$cur\")\n"
	"}\n"
	"_cwflow() {\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]} with=''\n"
	"\tCOMPREPLY=()\n"
	"\tif [[ $cur == = ]]; then\n"
	"\t\tcur='' with='='\n"
	"\telif [[ $option == = ]]; then\n"
	"\t\toption=${COMP_WORDS[COMP_CWORD - 2]} with='='\n"
	"\tfi\n"
	"\tcase $option$with in\n";

static const char bash_end[] = "\tesac\n"
			       "}\n"
			       "complete -F _cwflow cwflow cwflow-mpi\n";

/* The words of a case: an option with a value behind it or behind a =. */
static void bash_case(const struct option *opt)
{
	const char *between = "\t";
	if (opt->letter && opt->kind != OPT_MAYBE) {
		printf("%s-%c", between, opt->letter);
		between = " | ";
	}
	if (opt->name && opt->kind != OPT_MAYBE) {
		printf("%s--%s", between, opt->name);
		between = " | ";
	}
	if (opt->name) {
		printf("%s--%s=", between, opt->name);
	}
	printf(")\n\t\t");
}

static void complete_bash(void)
{
	fputs(bash_begin, stdout);
	for (const struct option *opt = option_table; !is_end(opt); opt++) {
		const char *words;
		enum completes by = completes(opt, &words);
		/* a number behind -j may as well be missing */
		if (opt->kind == OPT_FLAG || opt->kind == OPT_COUNT) {
			continue;
		}
		bash_case(opt);
		switch (by) {
		case BY_NOTHING:
			printf(":");
			break;
		case BY_FILE:
			printf("_cwflow_files -f");
			break;
		case BY_FOLDER:
			printf("_cwflow_files -d");
			break;
		case BY_RULE:
			printf("_cwflow_files -f\n"
			       "\t\t_cwflow_offer < <(_cwflow_ask rules)");
			break;
		case BY_PAIR:
			printf("compopt -o nospace\n"
			       "\t\t_cwflow_offer '%s' < <(_cwflow_ask rules)",
				words);
			break;
		case BY_PROFILE:
			printf("_cwflow_files -f\n"
			       "\t\t_cwflow_offer < <(_cwflow_ask profiles)");
			break;
		case BY_WORD:
			printf("_cwflow_offer < <(printf '%%s\\n' %s)", words);
			break;
		}
		printf(" ;;\n");
	}
	printf("\t*)\n\t\tif [[ $cur == -* ]]; then\n\t\t\t_cwflow_offer <<'EOF'\n");
	for (const struct option *opt = option_table; !is_end(opt); opt++) {
		if (opt->name) {
			printf("--%s\n", opt->name);
		}
		if (opt->letter) {
			printf("-%c\n", opt->letter);
		}
	}
	printf("EOF\n\t\telse\n"
	       "\t\t\t_cwflow_files -f\n"
	       "\t\t\t_cwflow_offer < <(_cwflow_ask targets)\n"
	       "\t\tfi ;;\n");
	fputs(bash_end, stdout);
}

/* --- zsh --------------------------------------------------------------------------- */

static const char zsh_begin[] =
	"#compdef cwflow cwflow-mpi\n"
	"# cwflow --completion zsh\n"
	"_cwflow_ask() {\n"
	"\tlocal i\n"
	"\tlocal -a at\n"
	"\tfor ((i = 2; i < CURRENT; i++)); do\n"
	"\t\tcase ${words[i]} in\n"
	"\t\t(-s|--snakefile|-d|--directory) at+=(${words[i]} ${(Q)words[i+1]}) ;;\n"
	"\t\t(--snakefile=*|--directory=*) at+=(${(Q)words[i]}) ;;\n"
	"\t\tesac\n"
	"\tdone\n"
	"\tcwflow $at --completion $1 2>/dev/null\n"
	"}\n"
	"_cwflow_offer() {\n"
	"\tlocal -a found\n"
	"\tfound=(${(f)\"$(_cwflow_ask $1)\"})\n"
	"\tshift\n"
	"\tcompadd \"$@\" -a found\n"
	"}\n"
	"_cwflow_rule() { _cwflow_offer rules; _files }\n"
	"_cwflow_pair() { _cwflow_offer rules -S $1 }\n"
	"_cwflow_profile() { _cwflow_offer profiles; _files }\n"
	"_cwflow_target() { _cwflow_offer targets; _files }\n"
	"_cwflow() {\n"
	"\t_arguments -s -S \\\n";

static const char zsh_end[] = "\t\t'*:target:_cwflow_target'\n"
			      "}\n"
			      "if [[ $funcstack[1] == _cwflow ]]; then\n"
			      "\t_cwflow \"$@\"\n"
			      "else\n"
			      "\tcompdef _cwflow cwflow cwflow-mpi\n"
			      "fi\n";

/* Inside '...[...]': what means something there. */
static void zsh_help(const char *text)
{
	for (; *text; text++) {
		if (*text == '\'') {
			printf("'\\''");
		} else {
			printf(strchr("[]:\\", *text) ? "\\%c" : "%c", *text);
		}
	}
}

static void zsh_action(const struct option *opt)
{
	const char *words;
	switch (completes(opt, &words)) {
	case BY_NOTHING:
		printf(" ");
		break;
	case BY_FILE:
		printf("_files");
		break;
	case BY_FOLDER:
		printf("_files -/");
		break;
	case BY_RULE:
		printf("_cwflow_rule");
		break;
	case BY_PAIR:
		/* after a blank it is called with these words alone */
		printf(" _cwflow_pair %s", *words == ':' ? "\\:" : words);
		break;
	case BY_PROFILE:
		printf("_cwflow_profile");
		break;
	case BY_WORD:
		printf("(%s)", words);
		break;
	}
}

/* One name of an option, for _arguments. */
static void zsh_option(const struct option *opt, bool is_long)
{
	bool many = opt->kind == OPT_REPEATED || opt->kind == OPT_PAIRS;
	const char *maybe = opt->kind == OPT_MAYBE || opt->kind == OPT_COUNT ? "::" : ":";
	bool value = opt->kind != OPT_FLAG && (is_long || opt->kind != OPT_MAYBE);
	printf("\t\t'%s", many ? "*" : "");
	if (is_long) {
		printf("--%s%s", opt->name,
			!value                   ? ""
			: opt->kind == OPT_MAYBE ? "=-"
						 : "=");
	} else {
		printf("-%c%s", opt->letter, value ? "+" : "");
	}
	printf("[");
	zsh_help(opt->help);
	printf("]");
	if (value) {
		printf("%s", maybe);
		zsh_help(opt->arg ? opt->arg : "");
		printf(":");
		zsh_action(opt);
	}
	printf("' \\\n");
}

static void complete_zsh(void)
{
	fputs(zsh_begin, stdout);
	for (const struct option *opt = option_table; !is_end(opt); opt++) {
		if (opt->letter) {
			zsh_option(opt, false);
		}
		if (opt->name) {
			zsh_option(opt, true);
		}
	}
	fputs(zsh_end, stdout);
}

/* --- fish -------------------------------------------------------------------------- */

static const char fish_begin[] = "# cwflow --completion fish\n"
				 "function __cwflow_ask\n"
				 "\tset -l at\n"
				 "\tset -l words (commandline -opc)\n"
				 "\tfor i in (seq 2 (count $words))\n"
				 "\t\tswitch $words[$i]\n"
				 "\t\t\tcase -s --snakefile -d --directory\n"
				 "\t\t\t\tset -a at $words[$i] $words[(math $i + 1)]\n"
				 "\t\t\tcase '--snakefile=*' '--directory=*'\n"
				 "\t\t\t\tset -a at $words[$i]\n"
				 "\t\tend\n"
				 "\tend\n"
				 "\tcwflow $at --completion $argv[1] 2>/dev/null\n"
				 "end\n";

static void fish_value(const struct option *opt)
{
	const char *words;
	enum completes by = completes(opt, &words);
	if (opt->kind == OPT_FLAG || opt->kind == OPT_COUNT) {
		return;
	}
	if (opt->kind != OPT_MAYBE) {
		printf(" -r");
	}
	switch (by) {
	case BY_NOTHING:
		printf(" -f");
		break;
	case BY_FILE:
		printf(" -F");
		break;
	case BY_FOLDER:
		printf(" -f -a '(__fish_complete_directories)'");
		break;
	case BY_RULE:
		printf(" -F -a '(__cwflow_ask rules)'");
		break;
	case BY_PAIR:
		printf(" -f -a '(__cwflow_ask rules)%s'", words);
		break;
	case BY_PROFILE:
		printf(" -F -a '(__cwflow_ask profiles)'");
		break;
	case BY_WORD:
		printf(" -f -a '%s'", words);
		break;
	}
}

static void complete_fish(void)
{
	fputs(fish_begin, stdout);
	for (const struct option *opt = option_table; !is_end(opt); opt++) {
		printf("complete -c cwflow");
		if (opt->letter) {
			printf(" -s %c", opt->letter);
		}
		if (opt->name) {
			printf(" -l %s", opt->name);
		}
		fish_value(opt);
		printf(" -d '");
		for (const char *p = opt->help; *p; p++) {
			printf(*p == '\'' || *p == '\\' ? "\\%c" : "%c", *p);
		}
		printf("'\n");
	}
	printf("complete -c cwflow -a '(__cwflow_ask targets)'\n"
	       "complete -c cwflow-mpi -w cwflow\n");
}

int options_completion(const char *shell, struct diag_sink *sink)
{
	if (strcmp(shell, "bash") == 0) {
		complete_bash();
	} else if (strcmp(shell, "zsh") == 0) {
		complete_zsh();
	} else if (strcmp(shell, "fish") == 0) {
		complete_fish();
	} else {
		return diag_error(sink, "CW-E503", (struct span){0},
			"completion is there for bash, zsh and fish, not for \"%s\"",
			shell);
	}
	return 0;
}
