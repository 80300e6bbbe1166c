/*
 * A connection to a Redis server: commands with any bytes, scripts, answers. The only
 * part of cwabc that knows hiredis.
 */
#ifndef CW_ABC_REDIS_LINK_H
#define CW_ABC_REDIS_LINK_H

#include "base/strbuf.h"

struct redis_address {
	const char *host; /* a name, an address, or the path of a unix socket ("/...") */
	int port;
	const char *password; /* NULL: none */
};

struct redis_link;
struct redis_answer;

/* NULL with a text. */
struct redis_link *redis_open(const struct redis_address *a, struct strbuf *err);
void redis_shut(struct redis_link *r); /* NULL is fine */

/* Whether the connection broke, or the server is not ready: only a new one helps, later. */
bool redis_lost(const struct redis_link *r);

/* One command; NULL with a text (connection lost, or the server's own error). The answer
 * is owned: redis_answer_free. */
struct redis_answer *redis_ask(
	struct redis_link *r, const struct strview *word, size_t n, struct strbuf *err);

/* A Lua script with `keys` keys before the other words. */
struct redis_answer *redis_script(struct redis_link *r, const char *lua, size_t keys,
	const struct strview *word, size_t n, struct strbuf *err);

void redis_answer_free(struct redis_answer *a);
int64_t redis_int(const struct redis_answer *a);         /* 0 for others */
struct strview redis_text(const struct redis_answer *a); /* empty for others */
size_t redis_count(const struct redis_answer *a);        /* of an array */
const struct redis_answer *redis_item(const struct redis_answer *a, size_t i);

#endif
