/* --help and completion, from the table. */
#include "base/edit_distance.h"
#include "cli/options.h"

static const struct {
	enum option_group group;
	const char *name, *title;
} groups[] = {{GROUP_RUN, "run", "Run"}, {GROUP_CLUSTER, "cluster", "Clusters"},
	{GROUP_SELECT, "select", "Choose what runs"}, {GROUP_LOOK, "look", "Look"},
	{GROUP_CLEAN, "clean", "Clean"}, {GROUP_OUTPUT, "output", "What is printed"},
	{GROUP_OTHER, "other", "Other"}};

static bool is_end(const struct option *opt)
{
	return !opt->name && !opt->letter;
}

/* "-n, --dry-run", "    --events FILE" */
static void option_words(const struct option *opt, char *buf, size_t size)
{
	char letter[4] = "", name[64] = "";
	if (opt->letter) {
		snprintf(letter, sizeof(letter), "-%c", opt->letter);
	}
	if (opt->name) {
		snprintf(name, sizeof(name), "--%s", opt->name);
	}
	const char *lead = opt->kind == OPT_MAYBE   ? "[="
			   : opt->kind == OPT_COUNT ? " ["
						    : " ";
	const char *tail = opt->kind == OPT_MAYBE || opt->kind == OPT_COUNT ? "]" : "";
	snprintf(buf, size, "%s%s%s%s%s%s", opt->letter ? letter : "   ",
		opt->letter && opt->name ? ", "
		: opt->name              ? " "
					 : "",
		name, opt->arg ? lead : "", opt->arg ? opt->arg : "",
		opt->arg ? tail : "");
}

static void print_group(enum option_group group)
{
	for (const struct option *opt = option_table; !is_end(opt); opt++) {
		char words[96];
		if (opt->group != group) {
			continue;
		}
		option_words(opt, words, sizeof(words));
		if (strlen(words) > 27) {
			printf("  %s\n  %-28s%s\n", words, "", opt->help);
		} else {
			printf("  %-28s%s\n", words, opt->help);
		}
	}
}

static void print_overview(void)
{
	printf("cwflow " CWFLOW_VERSION ": makes files by the rules of a Workflowfile\n\n"
	       "Usage: cwflow [OPTIONS] [--] [TARGET...]\n\n"
	       "TARGET is a rule or a file; without one, the default target.\n\n"
	       "  cwflow -j 4                 run with four cores\n"
	       "  cwflow -n                   say what would run, and why\n"
	       "  cwflow --dag | dot -Tpng    the graph as a picture\n\n");
	for (size_t i = 0; i < CW_ARRAY_LEN(groups); i++) {
		printf("  %-28s", groups[i].title);
		for (const struct option *opt = option_table; !is_end(opt); opt++) {
			if (opt->group == groups[i].group && opt->letter) {
				printf("-%c ", opt->letter);
			}
		}
		printf("  cwflow --help=%s\n", groups[i].name);
	}
	printf("\nThe manual: man cwflow. The language: share/doc/cwflow/workflow-format.md.\n");
}

int options_help(const char *group, struct diag_sink *sink)
{
	struct nearest near;
	if (!*group) {
		print_overview();
		return 0;
	}
	nearest_init(&near, sv_from(group));
	for (size_t i = 0; i < CW_ARRAY_LEN(groups); i++) {
		bool all = strcmp(group, "all") == 0;
		if (all || strcmp(group, groups[i].name) == 0) {
			printf("%s%s:\n", all && i ? "\n" : "", groups[i].title);
			print_group(groups[i].group);
			if (!all) {
				return 0;
			}
		}
		nearest_offer(&near, sv_from(groups[i].name));
	}
	if (strcmp(group, "all") == 0) {
		return 0;
	}
	diag_error(sink, "CW-E502", (struct span){0},
		"there is no group \"%s\" of options", group);
	diag_note(sink, (struct span){0},
		"the groups: run, select, look, clean, output, other, all");
	return -1;
}

static void print_words(const char *before, const char *after)
{
	for (const struct option *opt = option_table; !is_end(opt); opt++) {
		if (opt->name) {
			printf("%s%s%s", before, opt->name, after);
		}
	}
}

static void complete_bash(void)
{
	printf("_cwflow() {\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n"
	       "\tif [[ $cur == -* ]]; then\n"
	       "\t\tmapfile -t COMPREPLY < <(compgen -W '");
	print_words("--", " ");
	printf("' -- \"$cur\")\n"
	       "\telse\n"
	       "\t\tmapfile -t COMPREPLY < <(compgen -f -W \"$(cwflow --list-rules -q "
	       "2>/dev/null)\" -- \"$cur\")\n"
	       "\tfi\n"
	       "}\n"
	       "complete -o filenames -F _cwflow cwflow\n");
}

static void complete_zsh(void)
{
	printf("#compdef cwflow\n_arguments \\\n");
	for (const struct option *opt = option_table; !is_end(opt); opt++) {
		if (opt->name) {
			printf("\t'--%s[%s]%s' \\\n", opt->name, opt->help,
				opt->kind == OPT_FLAG    ? ""
				: opt->kind == OPT_MAYBE ? "::value:"
							 : ":value:_files");
		}
	}
	printf("\t'*:target:($(cwflow --list-rules -q 2>/dev/null))'\n");
}

static void complete_fish(void)
{
	for (const struct option *opt = option_table; !is_end(opt); opt++) {
		if (opt->name) {
			printf("complete -c cwflow -l %s -d '%s'\n", opt->name,
				opt->help);
		}
	}
	printf("complete -c cwflow -a '(cwflow --list-rules -q 2>/dev/null)'\n");
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
			"completion is there for bash, zsh and fish");
	}
	return 0;
}
