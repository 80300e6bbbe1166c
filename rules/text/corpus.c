#include "text/corpus.h"

#include <math.h>

#include "base/arena.h"
#include "base/xalloc.h"
#include "text/count_table.h"

enum {
	VOCABULARY_MIN = 500,
	VOCABULARY_GROWTH = 60, /* words of vocabulary for each sqrt(words of a book) */
	VOCABULARY_MAX = 2000000,
	LINE_MAX_BYTES = 72,
	TOPICS = 4,         /* of a paragraph, of which the last is a little word */
	TOPIC_ONE_IN = 9,   /* words that come from the paragraph's topics */
	LITTLE_WORDS = 40,  /* the most frequent ones: "a", "to", "was" */
	SELDOM_WORDS = 600, /* from this rank on words are long */
	TOPIC_RANK_MIN = 60 /* more frequent words are nobody's topic */
};

/* A word drawn directly, or its alias: Walker's method, one draw a word. */
struct corpus_word {
	const char *text;
	uint32_t len;
	uint32_t alias;
	uint64_t keep; /* drawn itself where 64 random bits are below */
};

struct corpus {
	uint64_t words, seed;
	size_t n;
	struct corpus_word *v; /* by rank */
	struct arena arena;
};

/* Random bits: SplitMix64. */
struct random {
	uint64_t state;
};

static uint64_t random_bits(struct random *r)
{
	uint64_t z = (r->state += 0x9e3779b97f4a7c15U);
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
	z = (z ^ z >> 27) * 0x94d049bb133111ebU;
	return z ^ z >> 31;
}

/* A number from 0 to n - 1; the bias is below n / 2^64. */
static uint64_t random_below(struct random *r, uint64_t n)
{
	__extension__ unsigned __int128 product = (unsigned __int128)random_bits(r) * n;
	return (uint64_t)(product >> 64);
}

/* Starts the stream number `stream` of a seed. */
static struct random random_start(uint64_t seed, uint64_t stream)
{
	struct random r = {seed};
	r.state = random_bits(&r) ^ (stream + 1) * 0xd6e8feb86659fd93U;
	random_bits(&r);
	return r;
}

static const char *const little_onsets[] = {
	"b", "d", "h", "l", "m", "n", "s", "t", "w", "th"};
static const char *const little_vowels[] = {"a", "e", "i", "o", "u"};
static const char *const little_codas[] = {"n", "r", "s", "t", "m", "f"};
static const char *const onsets[] = {"b", "d", "f", "g", "h", "k", "l", "m", "n", "p",
	"r", "s", "t", "v", "w", "st", "tr", "br", "sh", "th", "pl", "gr", "ch", "cl"};
static const char *const vowels[] = {
	"a", "e", "i", "o", "u", "a", "e", "o", "ea", "ai", "ou", "ee"};
static const char *const codas[] = {
	"", "", "", "n", "r", "l", "s", "t", "m", "nd", "st", "ck", "rn", "ld"};
static const char *const endings[] = {
	"", "", "", "ed", "ing", "ly", "er", "ness", "en", "al"};

/* One string of a table. */
#define PICK(r, table) ((table)[random_below(r, CW_ARRAY_LEN(table))])

/* A word for a rank: the more frequent, the shorter. */
static void invent_word(struct random *r, size_t rank, struct strbuf *out)
{
	strbuf_reset(out);
	if (rank < LITTLE_WORDS) {
		strbuf_addstr(out, random_below(r, 3) ? PICK(r, little_onsets) : "");
		strbuf_addstr(out, PICK(r, little_vowels));
		strbuf_addstr(out, random_below(r, 2) ? PICK(r, little_codas) : "");
		return;
	}
	bool seldom = rank >= SELDOM_WORDS;
	size_t syllables = 1 + random_below(r, 2);
	if (seldom) {
		syllables = 2 + (random_below(r, 3) == 0);
	}
	for (size_t i = 1; i <= syllables; i++) {
		strbuf_addstr(out, PICK(r, onsets));
		strbuf_addstr(out, PICK(r, vowels));
		if (i == syllables || random_below(r, 3) == 0) {
			strbuf_addstr(out, PICK(r, codas));
		}
	}
	strbuf_addstr(out, seldom ? PICK(r, endings) : "");
}

/* All words, each another one. */
static void invent_vocabulary(struct corpus *c)
{
	struct random r = random_start(c->seed, 0);
	struct count_table known;
	struct strbuf word = STRBUF_INIT;
	count_table_init(&known, 0);
	for (size_t rank = 0; rank < c->n;) {
		invent_word(&r, rank, &word);
		strbuf_grow(&word, COUNT_TABLE_READABLE);
		if (count_table_find(&known, strbuf_sv(&word)) >= 0) {
			/* A full rank of short words must not hold the search up. */
			strbuf_addstr(&word, PICK(&r, vowels));
			strbuf_addstr(&word, PICK(&r, codas));
			strbuf_grow(&word, COUNT_TABLE_READABLE);
			if (count_table_find(&known, strbuf_sv(&word)) >= 0) {
				continue;
			}
		}
		count_table_add(&known, strbuf_sv(&word));
		c->v[rank].text = arena_memdup0(&c->arena, word.buf, word.len);
		c->v[rank].len = (uint32_t)word.len;
		rank++;
	}
	strbuf_release(&word);
	count_table_release(&known);
}

/* Alias table for the weights 1 / (rank + 2.7), rank from 1. */
static void weigh_words(struct corpus *c)
{
	double *share = xreallocarray(NULL, c->n, sizeof(*share));
	uint32_t *stack = xreallocarray(NULL, c->n, sizeof(*stack));
	double total = 0;
	for (size_t i = 0; i < c->n; i++) {
		share[i] = 1.0 / ((double)i + 3.7);
		total += share[i];
	}
	size_t small =
		0; /* below 1, from the front of the stack; the others from its end */
	size_t large = c->n;
	for (size_t i = 0; i < c->n; i++) {
		share[i] = share[i] / total * (double)c->n;
		if (share[i] < 1.0) {
			stack[small++] = (uint32_t)i;
		} else {
			stack[--large] = (uint32_t)i;
		}
		c->v[i].keep = UINT64_MAX;
		c->v[i].alias = (uint32_t)i;
	}
	while (small > 0 && large < c->n) {
		uint32_t s = stack[--small];
		uint32_t l = stack[large];
		c->v[s].keep = (uint64_t)(share[s] * 0x1p63) << 1;
		c->v[s].alias = l;
		share[l] = (share[l] + share[s]) - 1.0;
		if (share[l] < 1.0) {
			large++;
			stack[small++] = l;
		}
	}
	free(stack);
	free(share);
}

struct corpus *corpus_new(uint64_t words, uint64_t seed)
{
	struct corpus *c = xcalloc(1, sizeof(*c));
	c->words = words;
	c->seed = seed;
	double n = VOCABULARY_MIN + VOCABULARY_GROWTH * sqrt((double)words);
	c->n = n < VOCABULARY_MAX ? (size_t)n : VOCABULARY_MAX;
	c->v = xcalloc(c->n, sizeof(*c->v));
	arena_init(&c->arena);
	invent_vocabulary(c);
	weigh_words(c);
	return c;
}

void corpus_free(struct corpus *c)
{
	if (c) {
		arena_release(&c->arena);
		free(c->v);
		free(c);
	}
}

/* The page as it fills. */
struct page {
	struct strbuf *out;
	size_t column; /* bytes in the line */
};

/* A word with what follows it, on this line or the next. */
static void put_word(
	struct page *page, const struct corpus_word *w, bool capital, const char *behind)
{
	size_t len = w->len + strlen(behind);
	if (page->column && page->column + 1 + len > LINE_MAX_BYTES) {
		strbuf_addch(page->out, '\n');
		page->column = 0;
	}
	if (page->column) {
		strbuf_addch(page->out, ' ');
		page->column++;
	}
	size_t at = page->out->len;
	strbuf_add(page->out, w->text, w->len);
	if (capital) {
		page->out->buf[at] = (char)(page->out->buf[at] - 'a' + 'A');
	}
	strbuf_addstr(page->out, behind);
	page->column += len;
}

/* A word by its frequency. */
static size_t draw_word(const struct corpus *c, struct random *r)
{
	size_t i = (size_t)random_below(r, c->n);
	return random_bits(r) < c->v[i].keep ? i : c->v[i].alias;
}

/* New topics for a paragraph; one of them lives on from the last. */
static void choose_topics(const struct corpus *c, struct random *r, size_t *topics)
{
	topics[0] = topics[1 + random_below(r, TOPICS - 2)];
	for (size_t i = 1; i + 1 < TOPICS; i++) {
		size_t rank = draw_word(c, r);
		topics[i] = rank < TOPIC_RANK_MIN ? TOPIC_RANK_MIN + random_below(r, 400)
						  : rank;
	}
	topics[TOPICS - 1] = random_below(r, LITTLE_WORDS);
}

/* The next word of a paragraph. */
static size_t next_word(const struct corpus *c, struct random *r, const size_t *topics)
{
	if (random_below(r, TOPIC_ONE_IN) == 0) {
		return topics[random_below(r, TOPICS)];
	}
	return draw_word(c, r);
}

/* What stands behind a word with `left` more to come in its sentence. */
static const char *mark_behind(struct random *r, uint64_t left)
{
	if (left == 0) {
		static const char *const ends[] = {".", ".", ".", ".", ".", "?", "!"};
		return PICK(r, ends);
	}
	uint64_t n = random_below(r, 64);
	return n < 5 ? "," : n == 5 ? ";" : "";
}

/* A paragraph of `n` words. */
static void write_paragraph(const struct corpus *c, struct random *r,
	const size_t *topics, uint64_t n, struct strbuf *out)
{
	struct page page = {out, 0};
	uint64_t left = 0; /* words of the sentence still to come */
	size_t before[2] = {
		c->n, c->n}; /* the last words: they hardly ever come again at once */
	for (; n > 0; n--) {
		bool first = left == 0;
		if (first) {
			left = 5 + random_below(r, 20);
		}
		left = left < n ? left - 1 : n - 1;
		size_t i = next_word(c, r, topics);
		if (i == before[0] || i == before[1]) {
			i = next_word(c, r, topics);
		}
		before[n % 2] = i;
		put_word(&page, &c->v[i], first, mark_behind(r, left));
	}
	strbuf_addstr(out, "\n\n");
}

int corpus_write_book(const struct corpus *c, uint64_t book, struct output_file *out)
{
	struct random r = random_start(c->seed, book);
	size_t topics[TOPICS] = {0};
	for (uint64_t left = c->words; left > 0;) {
		uint64_t n = 40 + random_below(&r, 160);
		n = n < left ? n : left;
		choose_topics(c, &r, topics);
		write_paragraph(c, &r, topics, n, &out->data);
		left -= n;
		if (output_file_pump(out)) {
			return -1;
		}
	}
	return 0;
}
