/*
 * Invented books for trying word counts: pronounceable words whose frequencies follow
 * Zipf and Mandelbrot (weight 1 / (rank + 2.7)), a vocabulary that grows with the length
 * of the text (Heaps), and topics that come in bursts. The same numbers give the same bytes
 * on every machine: only integers, division and square roots are used.
 */
#ifndef CW_TEXT_CORPUS_H
#define CW_TEXT_CORPUS_H

#include "text/output_file.h"

struct corpus;

/* Vocabulary for books of `words` words each. Returns owned, corpus_free. */
struct corpus *corpus_new(uint64_t words, uint64_t seed);
void corpus_free(struct corpus *c);

/* Writes book number `book` to `out`: prose of exactly `words` words, in paragraphs of
 * lines of at most 72 bytes. Depends on seed, words and book, not on the other books.
 * About 30 ns a word. 0 or -1 (printed, `out` is abandoned). */
int corpus_write_book(const struct corpus *c, uint64_t book, struct output_file *out);

#endif
