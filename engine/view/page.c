#include "view/page.h"

#include <math.h>

#include "base/diag.h"
#include "base/utf8.h"
#include "sys/sha256_file.h"

static void add_escaped(struct strbuf *sb, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		switch (p[i]) {
		case '<':
			strbuf_addstr(sb, "&lt;");
			break;
		case '>':
			strbuf_addstr(sb, "&gt;");
			break;
		case '&':
			strbuf_addstr(sb, "&amp;");
			break;
		case '"':
			strbuf_addstr(sb, "&quot;");
			break;
		case '\'':
			strbuf_addstr(sb, "&#39;");
			break;
		default:
			strbuf_addch(sb, p[i]);
		}
	}
}

void page_text(struct strbuf *sb, struct strview text)
{
	struct strbuf plain = STRBUF_INIT;
	escape_for_terminal(&plain, text);
	add_escaped(sb, plain.buf, plain.len);
	strbuf_release(&plain);
}

void page_text_cut(struct strbuf *sb, struct strview text, size_t most)
{
	struct strbuf plain = STRBUF_INIT;
	int32_t cp;
	escape_for_terminal(&plain, text);
	size_t at = 0, n = 0, cut = 0;
	while (at < plain.len && n <= most) {
		cut = n + 1 == most ? at : cut;
		at += utf8_decode(plain.buf + at, plain.len - at, &cp);
		n++;
	}
	add_escaped(sb, plain.buf, n > most ? cut : plain.len);
	strbuf_addstr(sb, n > most ? "…" : "");
	strbuf_release(&plain);
}

void page_lines(struct strbuf *sb, struct strview text)
{
	while (text.n) {
		size_t n = 0;
		while (n < text.n && text.p[n] != '\n' && text.p[n] != '\t') {
			n++;
		}
		size_t shown = n && n < text.n && text.p[n - 1] == '\r' ? n - 1 : n;
		page_text(sb, sv_sub(text, 0, shown));
		if (n < text.n) {
			strbuf_addch(sb, text.p[n++]);
		}
		text = sv_skip(text, n);
	}
}

void page_seconds(struct strbuf *sb, double seconds)
{
	if (seconds < 0.0995) {
		strbuf_addf(sb, "%.3f\xc2\xa0s", seconds);
	} else if (seconds < 9.95) {
		strbuf_addf(sb, "%.2f\xc2\xa0s", seconds);
	} else if (seconds < 59.95) {
		strbuf_addf(sb, "%.1f\xc2\xa0s", seconds);
	} else {
		long long s = llround(seconds);
		if (s < 3600) {
			strbuf_addf(
				sb, "%lld\xc2\xa0min %02lld\xc2\xa0s", s / 60, s % 60);
		} else if (s < 2 * 86400) {
			strbuf_addf(sb, "%lld\xc2\xa0h %02lld\xc2\xa0min", s / 3600,
				s / 60 % 60);
		} else {
			strbuf_addf(sb,
				"%lld\xc2\xa0"
				"d %02lld\xc2\xa0h",
				s / 86400, s / 3600 % 24);
		}
	}
}

void page_bytes(struct strbuf *sb, double bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
	size_t unit = 0;
	while (bytes >= 999.5 && unit + 1 < CW_ARRAY_LEN(units)) {
		bytes /= 1000;
		unit++;
	}
	strbuf_addf(sb, unit && bytes < 9.95 ? "%.1f\xc2\xa0%s" : "%.0f\xc2\xa0%s", bytes,
		units[unit]);
}

void page_number(struct strbuf *sb, uint64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
	for (int i = 0; i < len; i++) {
		strbuf_addch(sb, digits[i]);
		if (i + 1 < len && (len - 1 - i) % 3 == 0) {
			strbuf_addch(sb, ',');
		}
	}
}

void page_count(struct strbuf *sb, uint64_t n, const char *one, const char *many)
{
	page_number(sb, n);
	strbuf_addf(sb, " %s", n == 1 ? one : many);
}

void page_date(struct strbuf *sb, int64_t ns)
{
	time_t t = (time_t)(ns / 1000000000);
	struct tm tm;
	char date[64];
	if (ns > 0 && localtime_r(&t, &tm) &&
		strftime(date, sizeof(date), "%F %T %z", &tm)) {
		strbuf_addstr(sb, date);
	}
}

void page_base64(struct strbuf *sb, const void *p, size_t n)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *b = p;
	strbuf_grow(sb, n / 3 * 4 + 8);
	for (size_t i = 0; i < n; i += 3) {
		uint32_t x = (uint32_t)b[i] << 16;
		x |= i + 1 < n ? (uint32_t)b[i + 1] << 8 : 0;
		x |= i + 2 < n ? b[i + 2] : 0;
		strbuf_addch(sb, digits[x >> 18]);
		strbuf_addch(sb, digits[x >> 12 & 63]);
		strbuf_addch(sb, i + 1 < n ? digits[x >> 6 & 63] : '=');
		strbuf_addch(sb, i + 2 < n ? digits[x & 63] : '=');
	}
}

void page_begin(struct strbuf *sb, struct strview title, const char *style)
{
	unsigned char sum[32];
	sha256_bytes(page_script, strlen(page_script), sum);
	strbuf_addstr(sb,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<meta name=\"generator\" content=\"cwflow " CWFLOW_VERSION "\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
		"form-action 'none'; script-src 'sha256-");
	page_base64(sb, sum, sizeof(sum));
	strbuf_addstr(sb, "'\">\n<title>");
	page_text(sb, title);
	strbuf_addf(sb, "</title>\n<style>\n%s%s</style>\n</head>\n<body>\n", page_style,
		style);
}

void page_end(struct strbuf *sb)
{
	strbuf_addf(sb, "<script>%s</script>\n</body>\n</html>\n", page_script);
}
