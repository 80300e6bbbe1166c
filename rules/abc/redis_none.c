/* redis_link.h where hiredis was not there to build with: every connection fails. */
#include "abc/redis_link.h"
#include "abc/wire.h"

struct redis_link *redis_open(const struct redis_address *a, struct strbuf *err)
{
	(void)a;
	fail(err, "this cwabc was built without Redis (libhiredis-dev)");
	return NULL;
}

void redis_shut(struct redis_link *r)
{
	(void)r;
}

bool redis_lost(const struct redis_link *r)
{
	(void)r;
	return false;
}

struct redis_answer *redis_ask(
	struct redis_link *r, const struct strview *word, size_t n, struct strbuf *err)
{
	(void)r;
	(void)word;
	(void)n;
	(void)err;
	return NULL;
}

struct redis_answer *redis_script(struct redis_link *r, const char *lua, size_t keys,
	const struct strview *word, size_t n, struct strbuf *err)
{
	(void)lua;
	(void)keys;
	return redis_ask(r, word, n, err);
}

void redis_answer_free(struct redis_answer *a)
{
	(void)a;
}

bool redis_is_nil(const struct redis_answer *a)
{
	(void)a;
	return true;
}

int64_t redis_int(const struct redis_answer *a)
{
	(void)a;
	return 0;
}

struct strview redis_text(const struct redis_answer *a)
{
	(void)a;
	return SV("");
}

size_t redis_count(const struct redis_answer *a)
{
	(void)a;
	return 0;
}

const struct redis_answer *redis_item(const struct redis_answer *a, size_t i)
{
	(void)i;
	return a;
}
