/*
 * Words and how often they came, made for words: up to 15 bytes a word is its own key,
 * compared as two integers; only longer ones are kept apart and compared by their bytes.
 * The words stand in order of first appearance, 24 bytes each; a table of 8-byte slots
 * (open addressing, at most a quarter full) leads to them. About 5 ns a word while the words that
 * make up most of a text stay in the cache; memory 60 to 120 bytes a different word.
 */
#ifndef CW_TEXT_COUNT_TABLE_H
#define CW_TEXT_COUNT_TABLE_H

#include "base/strbuf.h"
#include "text/tokens.h"

enum { COUNT_TABLE_READABLE = 16 }; /* bytes readable behind a word's first byte */

struct count_entry {
	uint64_t key[2]; /* bytes, zeros, length; of a long word its hash and place */
	uint64_t count;
};

struct count_table {
	uint64_t *slots; /* high half: tag of the hash, low half: entry; 0 is free */
	int bits;        /* 2^bits slots */
	size_t used;     /* words */
	struct count_entry *entries; /* 1 .. used, in order of first appearance */
	size_t mapped;               /* bytes of the block of both, if it was mapped */
	struct strbuf longer;        /* words that are not their own key */
};

struct word_count {
	struct strview word;
	uint64_t count;
};

/* An empty table; `bytes` of text are expected (0: unknown), which spares it most growing. */
void count_table_init(struct count_table *t, uint64_t bytes);
void count_table_release(struct count_table *t);

/* One more of `word` (at least one byte, COUNT_TABLE_READABLE). */
void count_table_add(struct count_table *t, struct strview word);

/* One more of each of a batch of words; quicker than one by one, since the table's cache
 * misses overlap. */
void count_table_add_batch(struct count_table *t, const struct token_batch *batch);

/* The place of `word` in order of first appearance, from 0; or -1. */
int64_t count_table_find(const struct count_table *t, struct strview word);

/* The word at a place. Borrowed from the table until it changes. */
struct word_count count_table_at(const struct count_table *t, uint32_t place);

/* The places of all words by falling count, in order of first appearance where equal:
 * t->used of them. Returns owned, free(). Linear but for the few words that come very
 * often. */
uint32_t *count_table_sorted(const struct count_table *t);

#endif
