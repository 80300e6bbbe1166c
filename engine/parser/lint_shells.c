/* References in a text that a second shell reads: sh -c '...{input}...'. */
#include "parser/lint_impl.h"

/* What is known while a command is read from left to right. */
struct scan {
	struct strbuf words; /* of the simple command so far, quotes left out */
	char quote;
	size_t at_quote; /* bytes of `words` where the quotes were opened */
};

static bool is_one_of(struct strview word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (sv_eq_str(word, list[i])) {
			return true;
		}
	}
	return false;
}

/* -c, -lc, -ec, ... */
static bool takes_text(struct strview word)
{
	return word.n > 1 && word.n < 6 && word.p[0] == '-' && word.p[1] != '-' &&
	       word.p[word.n - 1] == 'c';
}

/* Whether what stands behind these words is a command's text to another shell; what is
 * bare behind sh -c is meant to be one. */
static bool reads_text(struct strview words, bool quoted)
{
	static const char *const shells[] = {"sh", "bash", "dash", "ksh", "zsh"};
	static const char *const readers[] = {"eval", "ssh"};
	bool shell = false, text = false, first = true, reader = false;
	while (words.n) {
		size_t n = 0;
		while (n < words.n && words.p[n] != ' ') {
			n++;
		}
		struct strview word = sv_sub(words, 0, n);
		words = sv_skip(words, n < words.n ? n + 1 : n);
		if (!word.n) {
			continue;
		}
		const char *slash = memrchr(word.p, '/', word.n);
		struct strview name =
			slash ? sv_skip(word, (size_t)(slash - word.p) + 1) : word;
		text = shell && takes_text(word);
		shell |= is_one_of(name, shells, CW_ARRAY_LEN(shells));
		reader |= first && is_one_of(name, readers, CW_ARRAY_LEN(readers));
		first = false;
	}
	return (text && quoted) || reader;
}

static void scan_text(struct scan *s, struct strview text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (s->quote) {
			s->quote = c == s->quote ? '\0' : s->quote;
			continue;
		}
		if (c == '"' || c == '\'') {
			s->quote = c;
			s->at_quote = s->words.len;
		} else if (strchr("\n;&|(){}`", c)) {
			strbuf_reset(&s->words);
		} else {
			strbuf_addch(&s->words, c == '\t' ? ' ' : c);
		}
	}
}

void lint_inner_shells(struct linter *l, const struct rule *rule)
{
	const struct template *t = &rule->command.t;
	struct scan s = {.words = STRBUF_INIT};
	for (uint32_t i = 0; i < t->count; i++) {
		const struct piece *piece = &t->pieces[i];
		if (piece->kind == PIECE_TEXT) {
			scan_text(&s, piece->text);
			continue;
		}
		size_t end = s.quote ? s.at_quote : s.words.len;
		if (piece->format != FORMAT_RAW && piece->place != PLACE_COMMENT &&
			(s.quote || piece->place == PLACE_BARE) &&
			reads_text(sv_sub(strbuf_sv(&s.words), 0, end), s.quote)) {
			lint_remark(l, "CW-W709", span_of_piece(&rule->command, piece),
				"a second shell reads \"" SV_FMT
				"\" as a part of its text, where a name can mean "
				"anything; hand it over: sh -c '... \"$1\" ...' sh {input}",
				sv_sub(t->text, piece->off, piece->len));
		}
		if (!s.quote) {
			strbuf_addch(&s.words, 'x');
		}
	}
	strbuf_release(&s.words);
}
