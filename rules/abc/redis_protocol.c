#include "abc/redis_protocol.h"

#include "base/xalloc.h"

static const char *const key_names[REDIS_KEYS] = {
	[KEY_OWNER] = "cwabc:owner",
	[KEY_RUN] = "cwabc:run",
	[KEY_RANGES] = "cwabc:ranges",
	[KEY_LEASES] = "cwabc:leases",
	[KEY_RESULTS] = "cwabc:results",
	[KEY_WORKERS] = "cwabc:workers",
	[KEY_STOP] = "cwabc:stop",
};

#define LUA_KEYS                                                                         \
	"local owner, run, ranges, leases, results, workers, stop = unpack(KEYS)\n"
#define LUA_NOW                                                                          \
	"local time = redis.call('TIME')\n"                                              \
	"local now = time[1] * 1000 + math.floor(time[2] / 1000)\n"
/* What is left behind by masters and workers that never come back goes after a week. */
#define LUA_KEEP                                                                         \
	"for _, key in ipairs({ranges, leases, results, workers}) do\n"                  \
	"	redis.call('EXPIRE', key, " KEYS_SECONDS ")\n"                           \
	"end\n"
#define LUA_MINE "if redis.call('GET', owner) ~= ARGV[1] then return -1 end\n"

static const char *const scripts[REDIS_SCRIPTS] = {
	[SCRIPT_OWN] = LUA_KEYS "local held = redis.call('GET', owner)\n"
				"if held and held ~= ARGV[1] then return held end\n"
				"redis.call('SET', owner, ARGV[1], 'PX', ARGV[2])\n"
				"return ''\n",

	[SCRIPT_BEGIN] = LUA_KEYS LUA_MINE
	"redis.call('DEL', ranges, leases, results)\n"
	"redis.call('HSET', run, 'begin', ARGV[2], 't', ARGV[3], 'want', ARGV[4],\n"
	"	'digest', ARGV[5], 'selftest', ARGV[6], 'eval', 0, 'acc', 0)\n"
	"redis.call('EXPIRE', run, ARGV[7])\n"
	"return redis.call('HINCRBY', run, 'epoch', 1)\n",

	[SCRIPT_TICK] = LUA_KEYS LUA_MINE LUA_NOW
	"redis.call('PEXPIRE', owner, ARGV[2])\n"
	"redis.call('HSET', run, 'eval', ARGV[3], 'acc', ARGV[4])\n"
	"for i = 6, #ARGV do redis.call('RPUSH', ranges, ARGV[i]) end\n"
	"local lost = redis.call('ZRANGEBYSCORE', leases, '-inf', now)\n"
	"for _, lease in ipairs(lost) do redis.call('ZREM', leases, lease) end\n"
	"redis.call('ZREMRANGEBYSCORE', workers, '-inf', now - 30000)\n"
	"local got = {}\n"
	"for i = 1, tonumber(ARGV[5]) do\n"
	"	local one = redis.call('LPOP', results)\n"
	"	if not one then break end\n"
	"	got[i] = one\n"
	"end\n" LUA_KEEP
	"return {redis.call('ZCARD', workers), redis.call('LLEN', ranges), lost, got}\n",

	[SCRIPT_END] =
		LUA_KEYS LUA_MINE "redis.call('DEL', ranges, leases, results)\n"
				  "redis.call('HDEL', run, 'begin', 't')\n"
				  "if ARGV[2] == '1' then redis.call('DEL', owner) end\n"
				  "return 0\n",

	[SCRIPT_TURN] = LUA_KEYS LUA_NOW
	"local epoch = redis.call('HGET', run, 'epoch') or '0'\n"
	"redis.call('ZADD', workers, now, ARGV[1])\n"
	"if ARGV[2] ~= '' then\n"
	"	redis.call('ZREM', leases, ARGV[2])\n"
	"	if string.match(ARGV[2], '^%d+') == epoch and redis.call('HEXISTS', run, 't') == 1 then\n"
	"		redis.call('RPUSH', results, ARGV[3])\n"
	"	end\n"
	"end\n"
	"local halt = redis.call('GET', stop) or ''\n"
	"local lease = ''\n"
	"if ARGV[4] ~= '0' then\n"
	"	local range = redis.call('LPOP', ranges)\n"
	"	if range then\n"
	"		lease = range .. ' ' .. ARGV[1]\n"
	"		redis.call('ZADD', leases, now + ARGV[4], lease)\n"
	"	end\n"
	"end\n" LUA_KEEP "return {lease, epoch, halt, tostring(now)}\n",

	[SCRIPT_BEAT] = LUA_KEYS LUA_NOW
	"redis.call('ZADD', workers, 'XX', now, ARGV[3])\n"
	"return redis.call('ZADD', leases, 'XX', now + ARGV[2], ARGV[1])\n",
};

struct strview redis_key_name(enum redis_key key)
{
	return sv_from(key_names[key]);
}

struct redis_answer *redis_run(struct redis_link *r, enum redis_script_id script,
	const struct strview *word, size_t n, struct strbuf *err)
{
	struct strview *all = xcalloc(n + REDIS_KEYS, sizeof(*all));
	struct redis_answer *a;

	for (size_t i = 0; i < REDIS_KEYS; i++) {
		all[i] = sv_from(key_names[i]);
	}
	memcpy(all + REDIS_KEYS, word, n * sizeof(*word));
	a = redis_script(r, scripts[script], REDIS_KEYS, all, n + REDIS_KEYS, err);
	free(all);
	return a;
}
