/*
 * Word autocorrelation: of all places i >= 1 of a word in a text of n words, the share that
 * has the word again at i + t (i + t < n), for t = 0, 1, ..., lags - 1.
 *
 * Counts come in one pass over the words of the text, in memory that does not grow with it.
 * A word of frequency p costs p + lags * p^2 steps a word of text by its list of places;
 * where it is so frequent in a block that lags / 64 word operations are cheaper (p above
 * about 1/4), its places there are made a bit set that is shifted and counted. All words of
 * an English text together: about 1 step a word of text, so reading dominates.
 *
 * A text may be counted in parts: part after part is appended, with the same sums.
 */
#ifndef CW_TEXT_ACF_H
#define CW_TEXT_ACF_H

#include "base/vec.h"
#include "text/count_table.h"
#include "text/tokens.h"

struct acf_places {
	uint64_t *v; /* rising */
	size_t n, cap;
};

struct acf_word {
	uint64_t seen;            /* times in the text, its first word included */
	uint64_t *pairs;          /* [t]: times at both i and i + t, from i = 0 on */
	struct acf_places head;   /* places below `lags` */
	struct acf_places recent; /* places that a later one can pair with, and older */
	uint64_t block;           /* the last block of text it is in */
	size_t known;             /* places in `recent` before that block */
};

struct acf {
	size_t n, lags;
	uint64_t total; /* words of text so far */
	uint64_t block; /* blocks of text so far */
	struct count_table ids;
	struct acf_word *words;
	VEC(uint32_t) touched; /* scratch: words of the block */
	struct strbuf bits;    /* scratch: a bit set */
};

/* For the `n` different words in `words` (COUNT_TABLE_READABLE behind each) and lags
 * 0 .. lags - 1; nothing of `words` is kept. */
void acf_init(struct acf *a, const struct word_count *words, size_t n, size_t lags);
void acf_release(struct acf *a);

/* The next words of the text. */
void acf_add(struct acf *a, const struct token_batch *batch);

/* Counts the whole rest of `text`. 0 or -1 (printed). */
int acf_add_text(struct acf *a, struct tokens *text);

/* Appends what `next`, of the same words and lags, counted in the part that follows. */
void acf_append(struct acf *a, const struct acf *next);

/* The autocorrelation of word `w` for all lags to ret[0 .. lags - 1]; the word must have
 * been seen. Costs lags steps and the places in the head. */
void acf_result(const struct acf *a, size_t w, double *ret);

/* Averages `n` rows of `lags` values, summed in the order of the rows. */
void acf_average(const double *rows, size_t n, size_t lags, double *ret);

#endif
