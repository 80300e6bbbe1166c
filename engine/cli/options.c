#include "cli/options.h"

#include <ctype.h>

#include "base/edit_distance.h"
#include "base/strbuf.h"

struct parser {
	struct options *o;
	struct diag_sink *sink;
	char **argv;
	int argc, at;
};

static bool is_end(const struct option *opt)
{
	return !opt->name && !opt->letter;
}

/* `len` bytes at `name`; a unique beginning of a name is enough. */
static const struct option *find_long(const char *name, size_t len, bool *ret_ambiguous)
{
	const struct option *found = NULL;
	*ret_ambiguous = false;
	for (const struct option *opt = option_table; !is_end(opt); opt++) {
		if (!opt->name || strncmp(opt->name, name, len) != 0) {
			continue;
		}
		if (strlen(opt->name) == len) {
			*ret_ambiguous = false;
			return opt;
		}
		*ret_ambiguous = found != NULL;
		found = opt;
	}
	return *ret_ambiguous ? NULL : found;
}

static const struct option *find_letter(char letter)
{
	for (const struct option *opt = option_table; !is_end(opt); opt++) {
		if (opt->letter == letter) {
			return opt;
		}
	}
	return NULL;
}

static void *place_of(struct options *o, const struct option *opt)
{
	return (char *)o + opt->at;
}

static void set_value(struct options *o, const struct option *opt, const char *value)
{
	bool on = true;
	if (opt->kind == OPT_FLAG) {
		memcpy(place_of(o, opt), &on, sizeof(on));
	} else if (opt->kind == OPT_REPEATED || opt->kind == OPT_PAIRS) {
		word_list *list = place_of(o, opt);
		vec_push(list, value);
	} else {
		memcpy(place_of(o, opt), &value, sizeof(value));
	}
}

const struct option *option_find(struct strview name)
{
	for (const struct option *opt = option_table; !is_end(opt); opt++) {
		if (opt->name && sv_eq_str(name, opt->name)) {
			return opt;
		}
	}
	return NULL;
}

bool option_is_set(const struct options *o, const struct option *opt)
{
	const char *at = (const char *)o + opt->at;
	bool on;
	const char *value;
	if (opt->kind == OPT_FLAG) {
		memcpy(&on, at, sizeof(on));
		return on;
	}
	if (opt->kind == OPT_REPEATED || opt->kind == OPT_PAIRS) {
		word_list list;
		memcpy(&list, at, sizeof(list));
		return list.n > 0;
	}
	memcpy(&value, at, sizeof(value));
	return value != NULL;
}

void option_set(struct options *o, const struct option *opt, const char *value)
{
	set_value(o, opt, value);
}

word_list *option_list(struct options *o, const struct option *opt)
{
	return place_of(o, opt);
}

static bool is_count(const char *word)
{
	if (strcmp(word, "all") == 0) {
		return true;
	}
	for (const char *p = word; *p; p++) {
		if (!isdigit((unsigned char)*p)) {
			return false;
		}
	}
	return *word != '\0';
}

static int fail(struct parser *p, const char *option, const char *what)
{
	return diag_error(p->sink, "CW-E500", (struct span){0}, "%s %s", option, what);
}

/* Whether a word is meant as a count rather than a target: "4", "all", "-1", "1.5". */
static bool is_meant_as_count(const char *word)
{
	const char *digits = word + (*word == '-');
	return strcmp(word, "all") == 0 ||
	       (isdigit((unsigned char)*digits) &&
		       !digits[strspn(digits, "0123456789.")]);
}

/* Paths and names of rules are never empty: that is a variable of the shell without value. */
static bool needs_text(const struct option *opt)
{
	return opt->arg &&
	       (strcmp(opt->arg, "FILE") == 0 || strcmp(opt->arg, "DIR") == 0 ||
		       strcmp(opt->arg, "X") == 0);
}

/* The words behind an option that takes them; `attached` is what stood behind = or the
 * letter, or NULL. `shown`: the option as the user wrote it. */
static int take_values(struct parser *p, const struct option *opt, const char *attached,
	const char *shown)
{
	const char *next = p->at < p->argc ? p->argv[p->at] : NULL;
	switch (opt->kind) {
	case OPT_FLAG:
		if (attached) {
			return fail(p, shown, "takes no value");
		}
		set_value(p->o, opt, NULL);
		return 0;
	case OPT_MAYBE:
		set_value(p->o, opt, attached ? attached : "");
		return 0;
	case OPT_COUNT:
		if (!attached && next && is_meant_as_count(next)) {
			attached = next;
			p->at++;
		}
		if (attached && !is_count(attached)) {
			return fail(p, shown, "takes a number or `all`");
		}
		set_value(p->o, opt, attached ? attached : "all");
		return 0;
	case OPT_VALUE:
	case OPT_REPEATED:
		p->at += attached ? 0 : 1;
		attached = attached ? attached : next;
		if (!attached || (!*attached && needs_text(opt))) {
			return fail(p, shown, "needs a value");
		}
		set_value(p->o, opt, attached);
		return 0;
	case OPT_PAIRS:
		break;
	}
	if (attached) {
		set_value(p->o, opt, attached);
	} else if (!next || next[0] == '-' || !strchr(next, '=')) {
		return fail(p, shown, "needs at least one KEY=VALUE");
	}
	while (p->at < p->argc && p->argv[p->at][0] != '-' &&
		strchr(p->argv[p->at], '=')) {
		set_value(p->o, opt, p->argv[p->at++]);
	}
	return 0;
}

/* The beginning of several names. */
static int ambiguous_long(struct parser *p, const char *word, size_t len)
{
	struct strbuf list = STRBUF_INIT;
	for (const struct option *opt = option_table; !is_end(opt); opt++) {
		if (opt->name && strncmp(opt->name, word, len) == 0) {
			strbuf_addf(&list, list.len ? ", --%s" : "--%s", opt->name);
		}
	}
	diag_error(p->sink, "CW-E501", (struct span){0}, "ambiguous option --%.*s",
		(int)len, word);
	diag_note(p->sink, (struct span){0}, "it may be %s", list.buf);
	strbuf_release(&list);
	return -1;
}

static int unknown_long(struct parser *p, const char *word, size_t len)
{
	struct nearest near;
	nearest_init(&near, (struct strview){word, len});
	for (const struct option *opt = option_table; !is_end(opt); opt++) {
		if (opt->name) {
			nearest_offer(&near, sv_from(opt->name));
		}
	}
	diag_error(p->sink, "CW-E501", (struct span){0}, "unknown option --%.*s",
		(int)len, word);
	if (near.best.p) {
		diag_note(p->sink, (struct span){0}, "did you mean --" SV_FMT "?",
			SV_ARG(near.best));
	} else {
		diag_note(p->sink, (struct span){0}, "cwflow --help lists the options");
	}
	return -1;
}

/* A target as it was given. */
static int add_target(struct parser *p, const char *word)
{
	if (!*word) {
		diag_error(p->sink, "CW-E500", (struct span){0}, "a target is empty");
		diag_note(p->sink, (struct span){0},
			"a variable of the shell that is not set?");
		return -1;
	}
	vec_push(&p->o->targets, word);
	return 0;
}

static int parse_long(struct parser *p, const char *word)
{
	const char *eq = strchr(word, '=');
	size_t len = eq ? (size_t)(eq - word) : strlen(word);
	bool ambiguous;
	const struct option *opt = find_long(word, len, &ambiguous);
	if (!opt) {
		return ambiguous ? ambiguous_long(p, word, len)
				 : unknown_long(p, word, len);
	}
	char shown[64];
	snprintf(shown, sizeof(shown), "--%s", opt->name);
	return take_values(p, opt, eq ? eq + 1 : NULL, shown);
}

/* "-np", "-j4", "-sFILE" */
static int parse_letters(struct parser *p, const char *letters)
{
	for (; *letters; letters++) {
		const struct option *opt = find_letter(*letters);
		char shown[3] = {'-', *letters, '\0'};
		if (!opt) {
			diag_error(p->sink, "CW-E501", (struct span){0},
				"unknown option %s", shown);
			diag_note(p->sink, (struct span){0},
				"cwflow --help lists the options");
			return -1;
		}
		if (opt->kind == OPT_FLAG || opt->kind == OPT_MAYBE) {
			set_value(p->o, opt, "");
			continue;
		}
		/* -jn: the letter after -j is no number, so it is an option again */
		bool more = letters[1] != '\0';
		if (opt->kind == OPT_COUNT && isalpha((unsigned char)letters[1]) &&
			strcmp(letters + 1, "all") != 0) {
			set_value(p->o, opt, "all");
			continue;
		}
		return take_values(p, opt, more ? letters + 1 : NULL, shown);
	}
	return 0;
}

int options_parse(struct options *o, int argc, char **argv, struct diag_sink *sink)
{
	struct parser p = {o, sink, argv, argc, 1};
	int rc = 0;
	bool only_targets = false;
	while (p.at < argc) {
		const char *word = argv[p.at++];
		if (only_targets || word[0] != '-' || word[1] == '\0') {
			rc |= add_target(&p, word);
		} else if (strcmp(word, "--") == 0) {
			only_targets = true;
		} else if (word[1] == '-') {
			rc |= parse_long(&p, word + 2);
		} else {
			rc |= parse_letters(&p, word + 1);
		}
	}
	return rc;
}

void options_release(struct options *o)
{
	for (const struct option *opt = option_table; !is_end(opt); opt++) {
		if (opt->kind == OPT_REPEATED || opt->kind == OPT_PAIRS) {
			vec_release(option_list(o, opt));
		}
	}
	vec_release(&o->targets);
}
