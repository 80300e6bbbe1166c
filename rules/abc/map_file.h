/*
 * What `--sampler map` and `cwabc evaluate` hand to each other: a file that says which
 * generation it is, and lines: "FIRST COUNT" in, "FIRST COUNT CHECKSUM HEX" or "! TEXT" out.
 */
#ifndef CW_ABC_MAP_FILE_H
#define CW_ABC_MAP_FILE_H

#include "abc/evaluator.h"
#include "abc/problem_fingerprint.h"

/* Digest of the problem, self-test and the generation's input, as bytes. -1 with a text. */
int generation_message(const struct problem *p, const struct gen_input *in,
	struct strbuf *out, struct strbuf *err);

/* Reads the first two and compares them with the own problem and machine; what is left in
 * `r` is gen_input_write's. `from` names the sender in the text of an error (-1). */
int generation_message_check(const struct problem *p, const char *from,
	struct wire_reader *r, struct strbuf *err);

/* The same in a file. -1 with a text. */
int map_file_write(const char *path, const struct problem *p, const struct gen_input *in,
	struct strbuf *err);

/* Reads it and checks that it is of this problem and machine; *ret_begin gets the bytes
 * of gen_input_write. -1 with a text. */
int map_file_read(const char *path, const struct problem *p, struct strbuf *ret_begin,
	struct strbuf *err);

void hex_put(struct strbuf *out, struct strview bytes);
/* -1 where the text is no hexadecimal number of whole bytes. */
int hex_get(struct strview text, struct strbuf *out);

#endif
