#include "text/acf.h"

enum {
	DENSE = 4, /* a word that is 1 of so many in a block is counted by bits */
};

void acf_init(struct acf *a, const struct word_count *words, size_t n, size_t lags)
{
	*a = (struct acf){.n = n, .lags = lags, .bits = STRBUF_INIT};
	count_table_init(&a->ids, 0);
	a->words = xcalloc(n + 1, sizeof(*a->words));
	for (size_t w = 0; w < n; w++) {
		count_table_add(&a->ids, words[w].word);
		a->words[w].pairs = xcalloc(lags, sizeof(uint64_t));
	}
	cw_assert(a->ids.used == n);
}

void acf_release(struct acf *a)
{
	for (size_t w = 0; w < a->n; w++) {
		free(a->words[w].pairs);
		vec_release(&a->words[w].head);
		vec_release(&a->words[w].recent);
	}
	free(a->words);
	count_table_release(&a->ids);
	vec_release(&a->touched);
	strbuf_release(&a->bits);
	*a = (struct acf){.bits = STRBUF_INIT};
}

/* Pairs that end at places from index `first` on, one by one. */
static void pair_by_places(struct acf_word *word, size_t first, size_t lags)
{
	const uint64_t *v = word->recent.v;
	for (size_t i = first; i < word->recent.n; i++) {
		for (size_t j = i + 1; j-- > 0 && v[i] - v[j] < lags;) {
			word->pairs[v[i] - v[j]]++;
		}
	}
}

/* Sum of set bits of x[i] & (x moved up by `t` bits)[i] for i in from..to-1. */
static inline __attribute__((always_inline)) uint64_t count_shifted(
	const uint64_t *x, size_t from, size_t to, size_t t)
{
	size_t back = t / 64;
	size_t shift = t % 64;
	uint64_t sum = 0;
	for (size_t i = from; i < to; i++) {
		/* x[-1] exists: see pair_by_bits. */
		uint64_t moved =
			shift ? x[i - back] << shift | x[i - back - 1] >> (64 - shift)
			      : x[i - back];
		sum += (uint64_t)__builtin_popcountll(x[i] & moved);
	}
	return sum;
}

#if defined(__x86_64__)
__attribute__((target("popcnt"))) static uint64_t count_shifted_popcnt(
	const uint64_t *x, size_t from, size_t to, size_t t)
{
	return count_shifted(x, from, to, t);
}
#endif

static uint64_t count_pairs(const uint64_t *x, size_t from, size_t to, size_t t)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("popcnt")) {
		return count_shifted_popcnt(x, from, to, t);
	}
#endif
	return count_shifted(x, from, to, t);
}

/* The same pairs as pair_by_places, by a bit set of all recent places: one 64-bit word of
 * zeros, the words with what is older than the block, the block's own words. */
static void pair_by_bits(struct acf *a, struct acf_word *word, uint64_t start)
{
	size_t old = 1 + (a->lags + 63) / 64; /* words before the block */
	size_t n = old + (size_t)(a->total - start + 63) / 64;
	strbuf_reset(&a->bits);
	strbuf_grow(&a->bits, n * sizeof(uint64_t));
	uint64_t *x = (uint64_t *)(void *)a->bits.buf;
	memset(x, 0, n * sizeof(*x));
	for (size_t i = 0; i < word->recent.n; i++) {
		uint64_t at = word->recent.v[i] + old * 64 - start;
		x[at / 64] |= (uint64_t)1 << at % 64;
	}
	for (size_t t = 0; t < a->lags; t++) {
		word->pairs[t] += count_pairs(x, old, n, t);
	}
}

/* Forgets places that no place from `start` on can pair with. */
static void forget_old(struct acf_word *word, uint64_t start, size_t lags)
{
	size_t drop = 0;
	while (drop < word->known && start - word->recent.v[drop] >= lags) {
		drop++;
	}
	word->known -= drop;
	word->recent.n -= drop;
	memmove(word->recent.v, word->recent.v + drop, word->recent.n * sizeof(uint64_t));
}

/* Counts a word's pairs that end in the block that began at word `start` of the text. */
static void finish_block(struct acf *a, struct acf_word *word, uint64_t start)
{
	forget_old(word, start, a->lags);
	size_t fresh = word->recent.n - word->known;
	if (fresh > (a->total - start) / DENSE) {
		pair_by_bits(a, word, start);
	} else {
		pair_by_places(word, word->known, a->lags);
	}
	for (size_t i = word->known; i < word->recent.n && word->recent.v[i] < a->lags;
		i++) {
		vec_push(&word->head, word->recent.v[i]);
	}
	word->seen += fresh;
}

void acf_add(struct acf *a, const struct token_batch *batch)
{
	uint64_t start = a->total;
	a->block++;
	vec_clear(&a->touched);
	for (size_t i = 0; i < batch->n; i++) {
		int64_t w = count_table_find(&a->ids, token_at(batch, i));
		if (w < 0) {
			continue;
		}
		struct acf_word *word = &a->words[w];
		if (word->block != a->block) {
			word->block = a->block;
			word->known = word->recent.n;
			vec_push(&a->touched, (uint32_t)w);
		}
		vec_push(&word->recent, start + i);
	}
	a->total += batch->n;
	for (size_t i = 0; i < a->touched.n; i++) {
		finish_block(a, &a->words[a->touched.v[i]], start);
	}
}

int acf_add_text(struct acf *a, struct tokens *text)
{
	struct token_batch batch;
	int r;
	while ((r = tokens_next(text, &batch)) > 0) {
		acf_add(a, &batch);
	}
	return r;
}

/* Appends one word's counts; `shift` words of text lie before those of `next`. */
static void append_word(
	struct acf_word *word, const struct acf_word *next, uint64_t shift, size_t lags)
{
	word->seen += next->seen;
	for (size_t t = 0; t < lags; t++) {
		word->pairs[t] += next->pairs[t];
	}
	for (size_t i = 0; i < next->head.n; i++) {
		uint64_t place = next->head.v[i] + shift;
		for (size_t j = word->recent.n;
			j-- > 0 && place - word->recent.v[j] < lags;) {
			word->pairs[place - word->recent.v[j]]++;
		}
		if (place < lags) {
			vec_push(&word->head, place);
		}
	}
	for (size_t i = 0; i < next->recent.n; i++) {
		vec_push(&word->recent, next->recent.v[i] + shift);
	}
	word->known = word->recent.n;
}

void acf_append(struct acf *a, const struct acf *next)
{
	uint64_t shift = a->total;
	a->total += next->total;
	for (size_t w = 0; w < a->n; w++) {
		append_word(&a->words[w], &next->words[w], shift, a->lags);
	}
}

void acf_result(const struct acf *a, size_t w, double *ret)
{
	const struct acf_word *word = &a->words[w];
	for (size_t t = 0; t < a->lags; t++) {
		ret[t] = (double)word->pairs[t];
	}
	/* The text's first word is the first of no pair. */
	if (word->head.n && word->head.v[0] == 0) {
		for (size_t i = 0; i < word->head.n; i++) {
			ret[word->head.v[i]] -= 1.0;
		}
	}
	for (size_t t = 0; t < a->lags; t++) {
		ret[t] /= (double)word->seen;
	}
}

void acf_average(const double *rows, size_t n, size_t lags, double *ret)
{
	memcpy(ret, rows, lags * sizeof(*ret));
	for (size_t w = 1; w < n; w++) {
		for (size_t t = 0; t < lags; t++) {
			ret[t] += rows[w * lags + t];
		}
	}
	for (size_t t = 0; t < lags; t++) {
		ret[t] /= (double)n;
	}
}
