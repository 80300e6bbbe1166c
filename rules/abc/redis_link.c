#include "abc/redis_link.h"

#include <hiredis/hiredis.h>

#include "abc/wire.h"
#include "base/xalloc.h"

enum { CONNECT_SECONDS = 10 };

struct redis_link {
	redisContext *context;
	bool away; /* it answers, but that it is not there yet */
};

/* Errors that pass: of a server that starts, or has its hands full. */
static bool will_pass(const char *error)
{
	static const char *const codes[] = {
		"LOADING ", "BUSY ", "MASTERDOWN ", "TRYAGAIN "};

	for (size_t i = 0; i < CW_ARRAY_LEN(codes); i++) {
		if (strncmp(error, codes[i], strlen(codes[i])) == 0) {
			return true;
		}
	}
	return false;
}

static struct redis_answer *ask(struct redis_link *r, const char **argv,
	const size_t *len, size_t n, struct strbuf *err)
{
	redisReply *reply = redisCommandArgv(r->context, (int)n, argv, len);

	if (!reply) {
		fail(err, "the connection to the Redis server is lost: %s",
			r->context->errstr);
		return NULL;
	}
	if (reply->type == REDIS_REPLY_ERROR) {
		fail(err, "the Redis server says: %s", reply->str);
		r->away = will_pass(reply->str);
		freeReplyObject(reply);
		return NULL;
	}
	return (struct redis_answer *)reply;
}

static int authenticate(struct redis_link *r, const char *password, struct strbuf *err)
{
	struct strview word[] = {SV_INIT("AUTH"), sv_from(password)};
	struct redis_answer *a = redis_ask(r, word, 2, err);

	redis_answer_free(a);
	return a ? 0 : -1;
}

struct redis_link *redis_open(const struct redis_address *a, struct strbuf *err)
{
	struct timeval patience = {.tv_sec = CONNECT_SECONDS};
	struct redis_link *r = xcalloc(1, sizeof(*r));

	r->context = a->host[0] == '/'
			     ? redisConnectUnixWithTimeout(a->host, patience)
			     : redisConnectWithTimeout(a->host, a->port, patience);
	if (!r->context || r->context->err) {
		fail(err, "cannot reach the Redis server at %s:%d: %s", a->host, a->port,
			r->context ? r->context->errstr : "out of memory");
		redis_shut(r);
		return NULL;
	}
	if (a->host[0] != '/') {
		redisEnableKeepAlive(r->context);
	}
	if (a->password && authenticate(r, a->password, err)) {
		redis_shut(r);
		return NULL;
	}
	return r;
}

void redis_shut(struct redis_link *r)
{
	if (r) {
		if (r->context) {
			redisFree(r->context);
		}
		free(r);
	}
}

bool redis_lost(const struct redis_link *r)
{
	return r->context->err != 0 || r->away;
}

struct redis_answer *redis_ask(
	struct redis_link *r, const struct strview *word, size_t n, struct strbuf *err)
{
	const char **argv = xcalloc(n, sizeof(char *));
	size_t *len = xcalloc(n, sizeof(*len));
	struct redis_answer *a;

	for (size_t i = 0; i < n; i++) {
		argv[i] = word[i].p ? word[i].p : "";
		len[i] = word[i].n;
	}
	a = ask(r, argv, len, n, err);
	free(argv);
	free(len);
	return a;
}

struct redis_answer *redis_script(struct redis_link *r, const char *lua, size_t keys,
	const struct strview *word, size_t n, struct strbuf *err)
{
	struct strview *all = xcalloc(n + 3, sizeof(*all));
	struct redis_answer *a;
	char count[24];

	snprintf(count, sizeof(count), "%zu", keys);
	all[0] = SV("EVAL");
	all[1] = sv_from(lua);
	all[2] = sv_from(count);
	memcpy(all + 3, word, n * sizeof(*word));
	a = redis_ask(r, all, n + 3, err);
	free(all);
	return a;
}

void redis_answer_free(struct redis_answer *a)
{
	if (a) {
		freeReplyObject(a);
	}
}

static const redisReply *reply_of(const struct redis_answer *a)
{
	return (const redisReply *)a;
}

int64_t redis_int(const struct redis_answer *a)
{
	return reply_of(a)->type == REDIS_REPLY_INTEGER ? reply_of(a)->integer : 0;
}

struct strview redis_text(const struct redis_answer *a)
{
	const redisReply *r = reply_of(a);
	bool is_text = r->type == REDIS_REPLY_STRING || r->type == REDIS_REPLY_STATUS;

	return is_text ? (struct strview){r->str, (size_t)r->len}
		       : (struct strview){"", 0};
}

size_t redis_count(const struct redis_answer *a)
{
	return reply_of(a)->type == REDIS_REPLY_ARRAY ? reply_of(a)->elements : 0;
}

const struct redis_answer *redis_item(const struct redis_answer *a, size_t i)
{
	return (const struct redis_answer *)reply_of(a)->element[i];
}
