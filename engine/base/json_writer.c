#include "base/json_writer.h"

#include <math.h>

#include "base/utf8.h"

enum { DEPTH_MOST = 63 };

void json_init(struct json_writer *j, struct strbuf *out)
{
	*j = (struct json_writer){.out = out};
}

static uint64_t level_bit(const struct json_writer *j)
{
	return UINT64_C(1) << j->depth;
}

/* Before a value: its comma, unless it follows its key. */
static void before_value(struct json_writer *j)
{
	if (j->after_key) {
		j->after_key = false;
		return;
	}
	cw_assert(!j->depth || !(j->is_object & level_bit(j)));
	if (j->has_items & level_bit(j)) {
		strbuf_addch(j->out, j->depth ? ',' : '\n');
	}
	j->has_items |= level_bit(j);
}

static void begin(struct json_writer *j, bool object)
{
	before_value(j);
	cw_assert(j->depth < DEPTH_MOST);
	j->depth++;
	j->has_items &= ~level_bit(j);
	j->is_object &= ~level_bit(j);
	j->is_object |= object ? level_bit(j) : 0;
	strbuf_addch(j->out, object ? '{' : '[');
}

void json_object(struct json_writer *j)
{
	begin(j, true);
}

void json_array(struct json_writer *j)
{
	begin(j, false);
}

void json_end(struct json_writer *j)
{
	cw_assert(j->depth > 0 && !j->after_key);
	strbuf_addch(j->out, j->is_object & level_bit(j) ? '}' : ']');
	j->depth--;
}

/* Whether a byte stands in a JSON text as it is. */
static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static void add_escaped(struct strbuf *out, unsigned char c)
{
	static const char names[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";
	const char *name = c ? strchr(names, c) : NULL;
	if (name) {
		strbuf_addch(out, '\\');
		strbuf_addch(out, letters[name - names]);
	} else {
		strbuf_addf(out, "\\u%04x", c);
	}
}

/* What is no UTF-8. */
static void add_bad_bytes(struct strbuf *out, struct strview s, bool keep)
{
	for (size_t i = 0; keep && i < s.n; i++) {
		strbuf_addf(out, "\\udc%02x", (unsigned char)s.p[i]);
	}
	if (!keep) {
		strbuf_addstr(out, "\xef\xbf\xbd");
	}
}

static void add_text(struct json_writer *j, struct strview s)
{
	struct strbuf *out = j->out;
	strbuf_addch(out, '"');
	for (size_t at = 0; at < s.n;) {
		size_t run = at;
		while (run < s.n && is_plain((unsigned char)s.p[run])) {
			run++;
		}
		strbuf_add(out, s.p + at, run - at);
		at = run;
		if (at == s.n) {
			break;
		}
		int32_t cp;
		size_t len = utf8_decode(s.p + at, s.n - at, &cp);
		if (cp < 0) {
			add_bad_bytes(out, sv_sub(s, at, len), j->keep_bytes);
		} else if (cp < 0x80) {
			add_escaped(out, (unsigned char)cp);
		} else {
			strbuf_add(out, s.p + at, len);
		}
		at += len;
	}
	strbuf_addch(out, '"');
}

void json_key(struct json_writer *j, const char *key)
{
	cw_assert(j->depth && (j->is_object & level_bit(j)) && !j->after_key);
	if (j->has_items & level_bit(j)) {
		strbuf_addch(j->out, ',');
	}
	j->has_items |= level_bit(j);
	add_text(j, sv_from(key));
	strbuf_addch(j->out, ':');
	j->after_key = true;
}

void json_string(struct json_writer *j, struct strview s)
{
	before_value(j);
	add_text(j, s);
}

void json_int(struct json_writer *j, int64_t x)
{
	before_value(j);
	if (x < 0) {
		strbuf_addch(j->out, '-');
	}
	strbuf_addu64(j->out, x < 0 ? -(uint64_t)x : (uint64_t)x);
}

void json_uint(struct json_writer *j, uint64_t x)
{
	before_value(j);
	strbuf_addu64(j->out, x);
}

void json_double(struct json_writer *j, double x)
{
	if (!isfinite(x)) {
		json_null(j);
		return;
	}
	before_value(j);
	char text[40];
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, x);
		if (strtod(text, NULL) == x) {
			break;
		}
	}
	for (char *p = text; *p; p++) {
		if (!strchr("0123456789+-e", *p)) {
			*p = '.'; /* whatever the locale puts there */
		}
	}
	strbuf_addstr(j->out, text);
}

void json_bool(struct json_writer *j, bool x)
{
	before_value(j);
	strbuf_addstr(j->out, x ? "true" : "false");
}

void json_null(struct json_writer *j)
{
	before_value(j);
	strbuf_addstr(j->out, "null");
}

void json_key_string(struct json_writer *j, const char *key, struct strview s)
{
	json_key(j, key);
	json_string(j, s);
}

void json_key_int(struct json_writer *j, const char *key, int64_t x)
{
	json_key(j, key);
	json_int(j, x);
}

void json_key_double(struct json_writer *j, const char *key, double x)
{
	json_key(j, key);
	json_double(j, x);
}

void json_key_bool(struct json_writer *j, const char *key, bool x)
{
	json_key(j, key);
	json_bool(j, x);
}
