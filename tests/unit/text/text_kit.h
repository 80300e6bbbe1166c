/* What tests of the text tools share. */
#ifndef CW_TESTS_TEXT_KIT_H
#define CW_TESTS_TEXT_KIT_H

#include "base/strbuf.h"
#include "text/tool.h"

/* A tool that prints nothing. */
extern const struct tool text_kit_tool;

/* Writes `n` bytes into the file `path`. */
void text_kit_write(const char *path, const void *p, size_t n);

/* All words of the file `path` (or its part from..to), each followed by '|'. Returns owned,
 * or NULL where the tokenizer found an error. */
char *text_kit_words(const char *path, uint64_t from, uint64_t to);

/* The same of a text, by a file. */
char *text_kit_words_of(const char *text);

#endif
