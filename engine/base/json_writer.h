/*
 * JSON for streams that must not be held in memory: begin, append, end. Commas, escapes
 * and nesting are the writer's; bytes that are no UTF-8 become U+FFFD, or with `keep_bytes`
 * the lone surrogates U+DC80 to U+DCFF that Python takes for such bytes. Everything goes
 * to a strbuf; the caller writes it out when it is large and resets it. Values outside
 * of any object or list stand on lines of their own.
 */
#ifndef CW_BASE_JSON_WRITER_H
#define CW_BASE_JSON_WRITER_H

#include "base/strbuf.h"

struct json_writer {
	struct strbuf *out;
	uint64_t has_items; /* a bit a level: a comma is due */
	uint64_t is_object;
	unsigned depth; /* at most 63 */
	bool after_key;
	bool keep_bytes; /* the caller's to set after json_init */
};

void json_init(struct json_writer *j, struct strbuf *out);

void json_object(struct json_writer *j); /* { */
void json_array(struct json_writer *j);  /* [ */
void json_end(struct json_writer *j);    /* the matching } or ] */

/* The key of the next value; only inside an object. */
void json_key(struct json_writer *j, const char *key);

void json_string(struct json_writer *j, struct strview s);
void json_int(struct json_writer *j, int64_t x);
void json_uint(struct json_writer *j, uint64_t x);
void json_double(
	struct json_writer *j, double x); /* shortest that reads back; not finite: null */
void json_bool(struct json_writer *j, bool x);
void json_null(struct json_writer *j);

/* key and value in one */
void json_key_string(struct json_writer *j, const char *key, struct strview s);
void json_key_int(struct json_writer *j, const char *key, int64_t x);
void json_key_double(struct json_writer *j, const char *key, double x);
void json_key_bool(struct json_writer *j, const char *key, bool x);

#endif
