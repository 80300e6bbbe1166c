/*
 * Words and how often they came, made for words: up to 15 bytes a word is its own key,
 * compared as two integers; only longer ones are kept apart and compared by their bytes.
 * The words stand in order of first appearance, 24 bytes each; a table of 8-byte slots
 * (open addressing, at most 3/4 full) leads to them. About 5 ns a word while the words that
 * make up most of a text stay in the cache; memory 35 to 50 bytes a different word.
 */
#ifndef CW_TEXT_COUNT_TABLE_H
#define CW_TEXT_COUNT_TABLE_H

#include "base/strbuf.h"

enum { COUNT_TABLE_READABLE = 16 }; /* bytes readable behind a word's first byte */

struct count_entry {
	uint64_t key[2]; /* bytes, zeros, length; of a long word its hash and place */
	uint64_t count;
};

struct count_table {
	struct count_entry *entries; /* in order of first appearance */
	size_t used, cap;
	uint64_t *slots; /* high half: tag of the hash, low half: entry + 1; 0 is free */
	int bits;        /* 2^bits slots */
	struct strbuf longer;
};

struct word_count {
	struct strview word; /* borrowed from the table until it changes */
	uint64_t count;
};

void count_table_init(struct count_table *t);
void count_table_release(struct count_table *t);

/* One more of `word` (at least one byte, COUNT_TABLE_READABLE). */
void count_table_add(struct count_table *t, struct strview word);

/* The place of `word` in order of first appearance, from 0; or -1. */
int64_t count_table_find(const struct count_table *t, struct strview word);

/* All words by falling count, in order of first appearance where equal: t->used of them.
 * Returns owned, free(). Linear but for the few words that come very often. */
struct word_count *count_table_sorted(const struct count_table *t);

#endif
