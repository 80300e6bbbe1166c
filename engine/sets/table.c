#include <errno.h>
#include <strings.h>

#include "base/intern.h"
#include "base/vec.h"
#include "sets/set.h"
#include "sys/fs.h"

/* One file that is being read; values are views into its source. */
struct reader {
	struct diag_sink *sink;
	struct arena *arena;
	uint32_t source;
	struct strview text;
	size_t at;
	bool csv;
	bool failed;
	size_t row_from; /* offset of the present row */
	VEC(struct strview) values;
	size_t row_begin; /* its first value */
};

static struct span span_of(const struct reader *rd, size_t off, size_t len)
{
	return (struct span){rd->source, (uint32_t)off, (uint32_t)len};
}

/* Takes the file into the sources; rd->at behind a byte order mark. */
static int open_text(struct reader *rd, const char *path, struct span where)
{
	struct strbuf text = STRBUF_INIT;
	if (fs_read_file(path, UINT32_MAX - 1, &text)) {
		int err = errno;
		strbuf_release(&text);
		return diag_error(rd->sink, "CW-E220", where, "cannot read \"%s\": %s",
			path, strerror(err));
	}
	rd->source = source_take(rd->sink->sources, path, strbuf_sv(&text));
	strbuf_release(&text);
	rd->text = source_text(rd->sink->sources, rd->source);
	const char *nul = rd->text.n ? memchr(rd->text.p, '\0', rd->text.n) : NULL;
	if (nul) {
		return diag_error(rd->sink, "CW-E221",
			span_of(rd, (size_t)(nul - rd->text.p), 1),
			"a NUL byte; this is no text file");
	}
	rd->at = sv_starts(rd->text, SV("\xef\xbb\xbf")) ? 3 : 0;
	return 0;
}

static int text_error(struct reader *rd, size_t off, size_t len, const char *what)
{
	rd->failed = true;
	return diag_error(rd->sink, "CW-E222", span_of(rd, off, len), "%s", what);
}

/* Where the line that begins at `at` ends (a CR before the newline is not of it), and
 * where the next begins. */
static size_t line_end(struct strview text, size_t at, size_t *ret_next)
{
	const char *nl = at < text.n ? memchr(text.p + at, '\n', text.n - at) : NULL;
	size_t end = nl ? (size_t)(nl - text.p) : text.n;
	*ret_next = nl ? end + 1 : end;
	return end > at && text.p[end - 1] == '\r' ? end - 1 : end;
}

/* A field in quotes; rd->at at its first quote, behind its last afterwards. */
static int quoted_field(struct reader *rd)
{
	size_t from = rd->at++;
	size_t begin = rd->at;
	struct strbuf joined = STRBUF_INIT;
	for (;;) {
		const char *quote = memchr(rd->text.p + rd->at, '"', rd->text.n - rd->at);
		if (!quote) {
			strbuf_release(&joined);
			rd->at = rd->text.n;
			return text_error(rd, from, 1, "this quote is never closed");
		}
		rd->at = (size_t)(quote - rd->text.p) + 1;
		if (rd->at == rd->text.n || rd->text.p[rd->at] != '"') {
			break;
		}
		strbuf_add(&joined, rd->text.p + begin, rd->at - begin);
		begin = ++rd->at;
	}
	struct strview rest = sv_sub(rd->text, begin, rd->at - 1 - begin);
	if (joined.len) {
		strbuf_addsv(&joined, rest);
		rest = arena_sv(rd->arena, strbuf_sv(&joined));
	}
	strbuf_release(&joined);
	vec_push(&rd->values, rest);
	return 0;
}

/* A field without quotes. */
static int plain_field(struct reader *rd)
{
	char separator = rd->csv ? ',' : '\t';
	size_t next, end = line_end(rd->text, rd->at, &next);
	const char *sep = memchr(rd->text.p + rd->at, separator, end - rd->at);
	size_t to = sep ? (size_t)(sep - rd->text.p) : end;
	struct strview field = sv_sub(rd->text, rd->at, to - rd->at);
	const char *quote = rd->csv && field.n ? memchr(field.p, '"', field.n) : NULL;
	if (quote) {
		text_error(rd, (size_t)(quote - rd->text.p), 1,
			"a quote inside a field; write the field in quotes and this one twice");
	}
	vec_push(&rd->values, field);
	rd->at = to;
	return 0;
}

/* The fields of one row; rd->at behind its line end. -1 at an error that ends the file. */
static int read_row(struct reader *rd)
{
	char separator = rd->csv ? ',' : '\t';
	rd->row_from = rd->at;
	rd->row_begin = rd->values.n;
	for (;;) {
		bool quoted = rd->csv && rd->at < rd->text.n && rd->text.p[rd->at] == '"';
		if (quoted ? quoted_field(rd) : plain_field(rd)) {
			return -1;
		}
		size_t next, end = line_end(rd->text, rd->at, &next);
		if (rd->at == end) {
			rd->at = next;
			return 0;
		}
		if (rd->text.p[rd->at] != separator) {
			text_error(rd, rd->at, 1,
				"a comma or the line's end must stand behind a field in quotes");
			rd->at = next;
			return 0;
		}
		rd->at++;
	}
}

/* Skips empty lines; false at the end. */
static bool next_row(struct reader *rd)
{
	while (rd->at < rd->text.n) {
		size_t next;
		if (line_end(rd->text, rd->at, &next) > rd->at) {
			return true;
		}
		rd->at = next;
	}
	return false;
}

/* Names of columns: none empty, none twice. */
static int check_header(struct reader *rd)
{
	struct intern names;
	intern_init(&names);
	for (size_t i = 0; i < rd->values.n; i++) {
		struct strview name = rd->values.v[i];
		size_t off = rd->row_from, len = 0;
		if (name.p >= rd->text.p && name.p <= rd->text.p + rd->text.n) {
			off = (size_t)(name.p - rd->text.p);
			len = name.n;
		}
		if (!name.n) {
			rd->failed = true;
			diag_error(rd->sink, "CW-E223", span_of(rd, off, 0),
				"column %zu has no name", i + 1);
		} else if (intern_find(&names, name.p, name.n) != INTERN_NONE) {
			rd->failed = true;
			diag_error(rd->sink, "CW-E223", span_of(rd, off, len),
				"column \"" SV_FMT "\" stands twice in the header",
				SV_ARG(name));
		}
		intern_put(&names, name.p, name.n);
	}
	intern_release(&names);
	return rd->failed ? -1 : 0;
}

/* Rows behind the header, each of as many fields. */
static void read_rows(struct reader *rd, size_t columns)
{
	while (next_row(rd)) {
		if (read_row(rd)) {
			break;
		}
		size_t fields = rd->values.n - rd->row_begin;
		if (fields != columns) {
			size_t next, end = line_end(rd->text, rd->row_from, &next);
			rd->failed = true;
			diag_error(rd->sink, "CW-E224",
				span_of(rd, rd->row_from, end - rd->row_from),
				"this row has %zu field%s, the header has %zu", fields,
				fields == 1 ? "" : "s", columns);
		}
	}
}

static bool ends_in(const char *path, const char *end)
{
	size_t n = strlen(path), m = strlen(end);
	return n >= m && strcasecmp(path + n - m, end) == 0;
}

static int read_table(
	struct reader *rd, struct span where, const char *path, struct set *ret)
{
	if (!next_row(rd)) {
		return diag_error(rd->sink, "CW-E223", where,
			"%s is empty; a table begins with the names of its columns",
			path);
	}
	if (read_row(rd) || check_header(rd)) {
		return -1;
	}
	size_t columns = rd->values.n;
	cw_assert(columns > 0);
	read_rows(rd, columns);
	if (rd->failed) {
		return -1;
	}
	struct strview *all = ARENA_ARRAY(rd->arena, struct strview, rd->values.n);
	memcpy(all, rd->values.v, rd->values.n * sizeof(*all));
	*ret = (struct set){.span = where,
		.column_count = (uint32_t)columns,
		.columns = all,
		.row_count = rd->values.n / columns - 1,
		.values = all + columns};
	return 0;
}

int set_table(struct diag_sink *sink, struct arena *arena, const char *path,
	struct span where, struct set *ret)
{
	struct reader rd = {.sink = sink, .arena = arena, .csv = ends_in(path, ".csv")};
	if (!rd.csv && !ends_in(path, ".tsv")) {
		return diag_error(sink, "CW-E225", where,
			"%s: a table is a .csv or a .tsv file, by the end of its name",
			path);
	}
	int rc = open_text(&rd, path, where);
	if (!rc) {
		rc = read_table(&rd, where, path, ret);
	}
	vec_release(&rd.values);
	return rc;
}

int set_lines(struct diag_sink *sink, struct arena *arena, const char *path,
	struct span where, struct set *ret)
{
	struct reader rd = {.sink = sink, .arena = arena};
	if (open_text(&rd, path, where)) {
		return -1;
	}
	while (next_row(&rd)) {
		size_t next, end = line_end(rd.text, rd.at, &next);
		vec_push(&rd.values, sv_sub(rd.text, rd.at, end - rd.at));
		rd.at = next;
	}
	set_list(arena, rd.values.v, rd.values.n, where, ret);
	vec_release(&rd.values);
	return 0;
}
