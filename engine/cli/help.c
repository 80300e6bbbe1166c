/* --help, from the table. */
#include "base/edit_distance.h"
#include "cli/options.h"

static const struct {
	enum option_group group;
	const char *name, *title;
} groups[] = {{GROUP_RUN, "run", "Run"},
	{GROUP_VALUES, "values", "Configuration and resources"},
	{GROUP_FILES, "files", "Files and records"},
	{GROUP_CLUSTER, "cluster", "Clusters"},
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

enum { INDENT = 28, WIDTH = 79 };

/* Words in lines up to WIDTH, from column INDENT on. */
static void print_help(const char *text)
{
	size_t column = INDENT;
	for (bool first = true; *text; first = false) {
		size_t n = strcspn(text, " ");
		if (!first && column + 1 + n > WIDTH) {
			printf("\n%-*s", INDENT, "");
			column = INDENT;
		} else if (!first) {
			printf(" ");
			column++;
		}
		printf("%.*s", (int)n, text);
		column += n;
		text += n + (text[n] == ' ');
	}
	printf("\n");
}

static void print_group(enum option_group group)
{
	for (const struct option *opt = option_table; !is_end(opt); opt++) {
		char words[96];
		if (opt->group != group) {
			continue;
		}
		option_words(opt, words, sizeof(words));
		if (strlen(words) > INDENT - 3) {
			printf("  %s\n%-*s", words, INDENT, "");
		} else {
			printf("  %-*s", INDENT - 2, words);
		}
		print_help(opt->help);
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
		char letters[64] = "";
		size_t n = 0;
		for (const struct option *opt = option_table; !is_end(opt); opt++) {
			if (opt->group == groups[i].group && opt->letter &&
				n + 4 < sizeof(letters)) {
				letters[n++] = '-';
				letters[n++] = opt->letter;
				letters[n++] = ' ';
			}
		}
		printf("  %-28s %-25s cwflow --help=%s\n", groups[i].title, letters,
			groups[i].name);
	}
	printf("\nThe manual: man cwflow. The language: share/doc/cwflow/workflow-format.md.\n");
}

bool options_has_group(const char *word)
{
	for (size_t i = 0; i < CW_ARRAY_LEN(groups); i++) {
		if (strcmp(word, groups[i].name) == 0) {
			return true;
		}
	}
	return strcmp(word, "all") == 0;
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
	nearest_offer(&near, SV("all"));
	if (!nearest_note(&near, sink)) {
		diag_note(sink, (struct span){0},
			"the groups: run, values, files, cluster, select, look, clean, "
			"output, other, all");
	}
	return -1;
}
