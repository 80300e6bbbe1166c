/* Results: what was asked for and what has a caption, with a look into what is small. */
#include <fcntl.h>

#include "base/hashmap.h"
#include "base/utf8.h"
#include "sys/fs.h"
#include "view/report_parts.h"

enum { SHOWN_MOST = 48, LISTED_MOST = 500, SHOWN_MANY = 12, LISTED_MANY = 100 };
enum { TEXT_LINES = 20, TEXT_BYTES = 8192, TABLE_ROWS = 16, TABLE_COLUMNS = 16 };
enum { TEXT_BYTES_MANY = 2048 };

struct result {
	uint32_t file, job;
	const char *caption; /* or NULL */
};

struct results {
	struct report *r;
	VEC(struct result) list; /* those with captions first */
	struct hashmap known;
	size_t picture_most, budget; /* bytes of a picture, of all that are left */
	size_t text_most;
};

static void add_result(struct results *x, uint32_t file, const char *caption)
{
	if (hashmap_set(&x->known, file, 0) == HASHMAP_NONE) {
		struct result one = {file, x->r->p->d->producer[file], caption};
		vec_push(&x->list, one);
	}
}

/* Files with captions, wherever in the graph; then what was asked for. */
static void gather(struct results *x)
{
	const struct dag *d = x->r->p->d;
	for (uint32_t j = 0; j < d->job_count; j++) {
		const struct rule *rule = dag_rule(d, j);
		for (uint32_t k = 0; k < rule->output_count; k++) {
			if (rule->products[k].caption) {
				add_result(x, dag_products(d, j)[k],
					rule->products[k].caption);
			}
		}
	}
	for (uint32_t f = 0; f < d->paths.count; f++) {
		if (d->file_flags[f] & FILE_TARGET && d->producer[f] != DAG_NONE) {
			add_result(x, f, NULL);
		}
	}
}

/* By its first bytes, as browsers tell; NULL: no picture. */
static const char *picture_type(struct strview path, struct strview bytes)
{
	struct strview head = sv_sub(bytes, 0, bytes.n < 512 ? bytes.n : 512);
	if (sv_starts(bytes, SV("\x89PNG\r\n\x1a\n"))) {
		return "image/png";
	}
	if (sv_starts(bytes, SV("\xff\xd8\xff"))) {
		return "image/jpeg";
	}
	if (sv_starts(bytes, SV("GIF87a")) || sv_starts(bytes, SV("GIF89a"))) {
		return "image/gif";
	}
	if (bytes.n > 12 && sv_starts(bytes, SV("RIFF")) &&
		memcmp(bytes.p + 8, "WEBP", 4) == 0) {
		return "image/webp";
	}
	if (sv_ends(path, SV(".svg")) &&
		(memmem(head.p, head.n, "<svg", 4) || sv_starts(head, SV("<?xml")))) {
		return "image/svg+xml";
	}
	return NULL;
}

static bool is_picture(struct strview path)
{
	static const char *const ends[] = {".png", ".svg", ".jpg", ".jpeg", ".gif",
		".webp", ".PNG", ".JPG", ".JPEG"};
	for (size_t i = 0; i < CW_ARRAY_LEN(ends); i++) {
		if (sv_ends(path, sv_from(ends[i]))) {
			return true;
		}
	}
	return false;
}

/* The picture itself, where it is not too large. True where it is one. */
static bool add_picture(struct results *x, const struct result *one, size_t size)
{
	struct strbuf *sb = &x->r->out, bytes = STRBUF_INIT;
	struct strview path = dag_path(x->r->p->d, one->file);
	const char *type = NULL;
	if (!is_picture(path)) {
		return false;
	}
	if (size > x->picture_most || size > x->budget) {
		strbuf_addstr(sb, "<p class=\"dim\">A picture that is too large to be "
				  "shown here.</p>\n");
		return true;
	}
	if (fs_read_file(path.p, x->picture_most, &bytes) == 0) {
		type = picture_type(path, strbuf_sv(&bytes));
	}
	if (type) {
		strbuf_addf(sb, "<img src=\"data:%s;base64,", type);
		page_base64(sb, bytes.buf, bytes.len);
		strbuf_addstr(sb, "\" alt=\"");
		page_text(sb, one->caption ? sv_from(one->caption) : path);
		strbuf_addstr(sb, "\">\n");
		x->budget -= bytes.len < x->budget ? bytes.len : x->budget;
	}
	strbuf_release(&bytes);
	return type != NULL;
}

/* The next field of a line of a table; quoted ones as RFC 4180 has them. */
static struct strview next_field(struct strview *line, char sep, struct strbuf *scratch)
{
	strbuf_reset(scratch);
	size_t i = 0;
	if (sep == ',' && line->n && line->p[0] == '"') {
		for (i = 1; i < line->n; i++) {
			if (line->p[i] == '"' && i + 1 < line->n &&
				line->p[i + 1] == '"') {
				i++;
			} else if (line->p[i] == '"') {
				i++;
				break;
			}
			strbuf_addch(scratch, line->p[i]);
		}
	}
	for (; i < line->n && line->p[i] != sep; i++) {
		strbuf_addch(scratch, line->p[i]);
	}
	*line = sv_skip(*line, i < line->n ? i + 1 : i);
	return strbuf_sv(scratch);
}

/* Takes a line off, without its end. */
static struct strview next_line(struct strview *text)
{
	const char *end = memchr(text->p, '\n', text->n);
	size_t n = end ? (size_t)(end - text->p) : text->n;
	struct strview line = sv_sub(*text, 0, n && text->p[n - 1] == '\r' ? n - 1 : n);
	*text = sv_skip(*text, end ? n + 1 : n);
	return line;
}

/* The first rows; the first of them is a heading. */
static void add_table(struct results *x, struct strview text, char sep, bool more)
{
	struct strbuf *sb = &x->r->out, scratch = STRBUF_INIT;
	strbuf_addstr(sb, "<div class=\"scroll tall\" tabindex=\"0\"><table>\n");
	for (int row = 0; row < TABLE_ROWS && text.n; row++) {
		struct strview line = next_line(&text);
		const char *cell = row ? "td" : "th";
		strbuf_addstr(sb, "<tr>");
		for (int k = 0; k < TABLE_COLUMNS && (k == 0 || line.n); k++) {
			struct strview field = next_field(&line, sep, &scratch);
			strbuf_addf(sb, row ? "<%s>" : "<%s scope=\"col\">", cell);
			page_text_cut(sb, field, 80);
			strbuf_addf(sb, "</%s>", cell);
		}
		strbuf_addstr(sb, line.n ? "<td>…</td></tr>\n" : "</tr>\n");
	}
	strbuf_addstr(sb, "</table></div>\n");
	if (text.n || more) {
		strbuf_addstr(sb, "<p class=\"dim\">and more rows</p>\n");
	}
	strbuf_release(&scratch);
}

static void add_lines(struct results *x, struct strview text, bool more)
{
	struct strview rest = text;
	for (int i = 0; i < TEXT_LINES && rest.n; i++) {
		next_line(&rest);
	}
	strbuf_addstr(&x->r->out, "<pre class=\"tall\" tabindex=\"0\">");
	page_lines(&x->r->out, sv_sub(text, 0, text.n - rest.n));
	strbuf_addstr(&x->r->out, "</pre>\n");
	if (rest.n || more) {
		strbuf_addstr(&x->r->out, "<p class=\"dim\">and more lines</p>\n");
	}
}

/* The beginning of a text, cut behind a whole line. */
static void add_text(struct results *x, struct strview path, size_t size)
{
	struct strbuf bytes = STRBUF_INIT;
	if (fs_read_head(path.p, x->text_most, &bytes) == 0 && bytes.len) {
		bool more = size > bytes.len;
		struct strview text = strbuf_sv(&bytes);
		const char *last = more ? memrchr(text.p, '\n', text.n) : NULL;
		text.n = last ? (size_t)(last - text.p) + 1 : text.n;
		size_t bad = text.n;
		utf8_valid(text, &bad);
		if (memchr(text.p, '\0', text.n) || (bad < text.n && bad + 4 < text.n)) {
			strbuf_release(&bytes);
			return; /* no text */
		}
		if (sv_ends(path, SV(".csv")) || sv_ends(path, SV(".tsv"))) {
			add_table(x, text, sv_ends(path, SV(".csv")) ? ',' : '\t', more);
		} else {
			add_lines(x, text, more);
		}
	}
	strbuf_release(&bytes);
}

static void add_head(
	struct results *x, const struct result *one, const struct fs_stat *st)
{
	struct report *r = x->r;
	struct strbuf *sb = &r->out;
	strbuf_addstr(sb, "<article>\n<h3><code>");
	page_text(sb, dag_path(r->p->d, one->file));
	strbuf_addstr(sb, "</code></h3>\n");
	if (one->caption) {
		strbuf_addstr(sb, "<p class=\"cap\">");
		page_text(sb, sv_from(one->caption));
		strbuf_addstr(sb, "</p>\n");
	}
	strbuf_addstr(sb, "<p class=\"dim\">");
	if (st->kind == FS_MISSING) {
		strbuf_addstr(sb, "<b>not there</b>");
	} else if (st->kind == FS_DIRECTORY) {
		strbuf_addstr(sb, "folder");
	} else {
		page_bytes(sb, (double)st->size);
	}
	strbuf_addstr(sb, ", made by ");
	page_text(sb, dag_rule(r->p->d, one->job)->name);
	if (r->p->reasons[one->job] && st->kind != FS_MISSING) {
		strbuf_addstr(sb, ", <b>out of date</b>");
	}
	strbuf_addstr(sb, "</p>\n");
}

static void add_shown(struct results *x, const struct result *one)
{
	struct strview path = dag_path(x->r->p->d, one->file);
	struct fs_stat st;
	if (fs_stat(AT_FDCWD, path.p, &st) != 0) {
		st.kind = FS_MISSING;
	}
	add_head(x, one, &st);
	if (st.kind == FS_FILE && !add_picture(x, one, st.size)) {
		add_text(x, path, st.size);
	}
	strbuf_addstr(&x->r->out, "</article>\n");
	report_flush(x->r);
}

static void add_listed(struct results *x, size_t from, size_t most)
{
	struct strbuf *sb = &x->r->out;
	size_t end = x->list.n - from > most ? from + most : x->list.n;
	if (from == x->list.n) {
		return;
	}
	strbuf_addstr(sb, "<ul class=\"list\">\n");
	for (size_t i = from; i < end; i++) {
		strbuf_addstr(sb, "<li><code>");
		page_text(sb, dag_path(x->r->p->d, x->list.v[i].file));
		strbuf_addstr(sb, "</code>");
		if (x->list.v[i].caption) {
			strbuf_addstr(sb, " ");
			page_text(sb, sv_from(x->list.v[i].caption));
		}
		strbuf_addstr(sb, "</li>\n");
		report_flush(x->r);
	}
	if (end < x->list.n) {
		strbuf_addstr(sb, "<li>and ");
		page_number(sb, x->list.n - end);
		strbuf_addstr(sb, " more</li>\n");
	}
	strbuf_addstr(sb, "</ul>\n");
}

void report_results(struct report *r)
{
	struct results x = {.r = r,
		.picture_most = r->by_rule ? 200000 : 4000000,
		.budget = r->by_rule ? 400000 : 24000000,
		.text_most = r->by_rule ? TEXT_BYTES_MANY : TEXT_BYTES};
	size_t shown = 0, most = r->by_rule ? SHOWN_MANY : SHOWN_MOST;
	hashmap_init(&x.known);
	gather(&x);
	strbuf_addstr(&r->out, "<section id=\"results\">\n<h2>Results</h2>\n");
	if (!x.list.n) {
		strbuf_addstr(&r->out, "<p>No files were asked for.</p>\n");
	} else {
		strbuf_addstr(&r->out, "<div class=\"results\">\n");
		for (; shown < x.list.n && shown < most; shown++) {
			add_shown(&x, &x.list.v[shown]);
		}
		strbuf_addstr(&r->out, "</div>\n");
		add_listed(&x, shown, r->by_rule ? LISTED_MANY : LISTED_MOST);
	}
	strbuf_addstr(&r->out, "</section>\n");
	report_flush(r);
	hashmap_release(&x.known);
	vec_release(&x.list);
}
