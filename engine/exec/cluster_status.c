#include "exec/cluster_status.h"

#include <ctype.h>
#include <fnmatch.h>

#include "base/number.h"
#include "pattern/regex.h"

static const struct {
	const char *name;
	enum cluster_state state;
} names[] = {
	{"waiting", CLUSTER_WAITING},
	{"pending", CLUSTER_WAITING},
	{"held", CLUSTER_HELD},
	{"running", CLUSTER_RUNNING},
	{"success", CLUSTER_SUCCESS},
	{"failed", CLUSTER_FAILED},
	{"lost", CLUSTER_LOST},
	{"stuck", CLUSTER_STUCK},
};

enum cluster_state cluster_state_by_name(struct strview name)
{
	for (size_t i = 0; i < CW_ARRAY_LEN(names); i++) {
		if (name.n == strlen(names[i].name) &&
			strncasecmp(name.p, names[i].name, name.n) == 0) {
			return names[i].state;
		}
	}
	return CLUSTER_UNKNOWN;
}

static enum cluster_state look(const struct state_map *m, struct strview word)
{
	char text[256];
	if (!word.n || word.n >= sizeof(text)) {
		return CLUSTER_UNKNOWN;
	}
	memcpy(text, word.p, word.n);
	text[word.n] = '\0';
	for (size_t i = 0; i < m->words.n; i++) {
		if (fnmatch(m->words.v[i].pattern, text, FNM_CASEFOLD) == 0) {
			return m->words.v[i].state;
		}
	}
	return CLUSTER_UNKNOWN;
}

enum cluster_state state_map_look(
	const struct state_map *m, struct strview word, struct strview reason)
{
	/* a reason says more: a pending job that can never start is stuck */
	enum cluster_state by_reason = look(m, reason);
	if (by_reason != CLUSTER_UNKNOWN) {
		return by_reason;
	}
	enum cluster_state by_word = look(m, word);
	return by_word != CLUSTER_UNKNOWN ? by_word : cluster_state_by_name(word);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '|';
}

/* Takes the next line off *text, without blanks around it. */
static bool next_line(struct strview *text, struct strview *ret)
{
	if (!text->n) {
		return false;
	}
	const char *nl = memchr(text->p, '\n', text->n);
	size_t n = nl ? (size_t)(nl - text->p) : text->n;
	struct strview line = sv_sub(*text, 0, n);
	*text = sv_skip(*text, nl ? n + 1 : n);
	while (line.n && is_blank(line.p[0])) {
		line = sv_skip(line, 1);
	}
	while (line.n && is_blank(line.p[line.n - 1])) {
		line.n--;
	}
	*ret = line;
	return true;
}

static struct strview next_word(struct strview *line)
{
	size_t n = 0;
	while (line->n && is_blank(line->p[0])) {
		*line = sv_skip(*line, 1);
	}
	while (n < line->n && !is_blank(line->p[n])) {
		n++;
	}
	struct strview word = sv_sub(*line, 0, n);
	*line = sv_skip(*line, n);
	return word;
}

static int exit_of(struct strview word)
{
	int64_t code = -1;
	const char *colon = memchr(word.p, ':', word.n); /* Slurm: "1:0", "0:9" */
	struct strview first = word;
	if (colon) {
		int64_t signal = 0;
		first.n = (size_t)(colon - word.p);
		if (parse_i64(sv_skip(word, first.n + 1), &signal) == 0 && signal > 0) {
			return (int)(128 + signal);
		}
	}
	if (parse_i64(first, &code) != 0 || code < 0 || code > 65535) {
		return -1;
	}
	return (int)code;
}

bool status_line_next(struct strview *text, struct status_line *ret)
{
	struct strview line;
	do {
		if (!next_line(text, &line)) {
			return false;
		}
	} while (!line.n);
	*ret = (struct status_line){.exit = -1};
	ret->id = next_word(&line);
	ret->state = next_word(&line);
	if (!ret->state.n) {
		ret->state = ret->id;
		ret->id = (struct strview){NULL, 0};
	}
	while (line.n) {
		struct strview word = next_word(&line);
		if (sv_starts(word, SV("reason="))) {
			ret->reason = sv_skip(word, 7);
			ret->reason.n += line.n; /* all that is left of the line */
			break;
		}
		if (sv_starts(word, SV("name="))) {
			ret->name = sv_skip(word, 5);
		} else if (sv_starts(word, SV("exit="))) {
			ret->exit = exit_of(sv_skip(word, 5));
		} else if (ret->exit < 0) {
			ret->exit = exit_of(word);
		}
	}
	return true;
}

bool cluster_id_is_good(struct strview id)
{
	if (!id.n || id.n > 128 || id.p[0] == '-' || id.p[0] == '.') {
		return false;
	}
	for (size_t i = 0; i < id.n; i++) {
		if (!isalnum((unsigned char)id.p[i]) &&
			(id.p[i] == '\0' || !strchr("._-[]:@#+", id.p[i]))) {
			return false;
		}
	}
	return true;
}

/* A number and what belongs to it, "123", "123[].server": its length at the beginning of
 * `s`, 0 where there is none. */
static size_t numeric_id(struct strview s)
{
	size_t n = 0;
	while (n < s.n && isdigit((unsigned char)s.p[n])) {
		n++;
	}
	if (n == 0) {
		return 0;
	}
	while (n < s.n && s.p[n] != '\0' &&
		(isalnum((unsigned char)s.p[n]) || strchr("._-[]", s.p[n]))) {
		n++;
	}
	while (s.p[n - 1] == '.' || s.p[n - 1] == '-') {
		n--; /* the end of a sentence */
	}
	return n;
}

/* The id of a line that holds nothing else: "123", "123;cluster", "3.1-6:2". */
static struct strview whole_line_id(struct strview line)
{
	size_t n = numeric_id(line);
	bool rest = n == line.n || (n && (line.p[n] == ';' || line.p[n] == ':'));
	return sv_sub(line, 0, rest && !memchr(line.p, ' ', line.n) ? n : 0);
}

/* The number right behind the word "job" in any spelling, with what schedulers put
 * between: "job 12", "Job <12>", "job-array 3.1-6:2". */
static struct strview behind_job(struct strview line)
{
	for (size_t i = 0; i + 3 < line.n; i++) {
		if (strncasecmp(line.p + i, "job", 3) != 0) {
			continue;
		}
		size_t at = i + 3;
		if (strncasecmp(line.p + at, "-array",
			    line.n - at < 6 ? line.n - at : 6) == 0) {
			at += 6;
		}
		while (at < line.n && line.p[at] && strchr(" <:=id#", line.p[at])) {
			at++;
		}
		size_t n = at < line.n ? numeric_id(sv_skip(line, at)) : 0;
		if (n) {
			return sv_sub(line, at, n);
		}
	}
	return (struct strview){NULL, 0};
}

static struct strview any_number(struct strview line)
{
	for (size_t i = 0; i < line.n; i++) {
		if (isdigit((unsigned char)line.p[i]) &&
			(i == 0 || !isalnum((unsigned char)line.p[i - 1]))) {
			return sv_sub(line, i, numeric_id(sv_skip(line, i)));
		}
	}
	return (struct strview){NULL, 0};
}

static struct strview single_word(struct strview line)
{
	return cluster_id_is_good(line) ? line : (struct strview){NULL, 0};
}

/* A line of one word that has a digit in it. */
static struct strview numbered_word(struct strview line)
{
	bool digit = false;
	for (size_t i = 0; i < line.n; i++) {
		digit |= isdigit((unsigned char)line.p[i]) != 0;
	}
	return digit ? single_word(line) : (struct strview){NULL, 0};
}

/* What the first group of an expression matches in the first line that it fits, or all of
 * the match where it has no group. */
static int find_by_pattern(struct strview text, const char *pattern, struct strbuf *ret)
{
	struct strbuf whole = STRBUF_INIT;
	struct regex_error err;
	struct strview line, id = {NULL, 0};
	bool grouped = strchr(pattern, '(') != NULL;
	strbuf_addf(&whole, ".*?(?:%s%s%s)().*", grouped ? "" : "(", pattern,
		grouped ? "" : ")");
	struct regex *re = regex_new(strbuf_sv(&whole), &err);
	while (re && !id.n && next_line(&text, &line)) {
		if (regex_match(re, line) == MATCH_YES) {
			id = regex_capture(re, 1, line);
		}
	}
	strbuf_addsv(ret, id);
	regex_free(re);
	strbuf_release(&whole);
	return id.n ? 0 : -1;
}

/* "3.1-6:2" of an array is job 3: the part behind the dot is a range. */
static struct strview without_range(struct strview id)
{
	const char *dot = memchr(id.p, '.', id.n);
	if (dot && memchr(dot, '-', id.n - (size_t)(dot - id.p)) &&
		isdigit((unsigned char)dot[1])) {
		id.n = (size_t)(dot - id.p);
	}
	return id;
}

int cluster_id_find(struct strview text, const char *pattern, struct strbuf *ret)
{
	static struct strview (*const ways[])(struct strview) = {
		whole_line_id, behind_job, numbered_word, any_number, single_word};
	size_t begin = ret->len;
	if (pattern) {
		int rc = find_by_pattern(text, pattern, ret);
		struct strview id = {ret->buf + begin, ret->len - begin};
		return rc == 0 && cluster_id_is_good(id) ? 0 : -1;
	}
	for (size_t w = 0; w < CW_ARRAY_LEN(ways); w++) {
		struct strview rest = text, line;
		while (next_line(&rest, &line)) {
			struct strview id = ways[w](line);
			if (id.n && cluster_id_is_good(id)) {
				strbuf_addsv(ret, without_range(id));
				return 0;
			}
		}
	}
	return -1;
}

bool submit_is_transient(struct strview words)
{
	static const char *const signs[] = {"Unable to contact", "timed out",
		"temporarily", "try again", "QOSMaxSubmit", "MaxSubmit", "AssocMaxSubmit",
		"Connection refused", "Connection reset", "Unable to connect",
		"unable to contact", "cannot connect", "Communication connection failure",
		"error communicating", "Job limit", "would exceed", "busy",
		"Transport endpoint"};
	for (size_t i = 0; i < CW_ARRAY_LEN(signs); i++) {
		if (memmem(words.p, words.n, signs[i], strlen(signs[i]))) {
			return true;
		}
	}
	return false;
}
