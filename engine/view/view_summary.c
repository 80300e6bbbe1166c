#include "view/out.h"
#include "view/view_records.h"

/* A field: tab, newline, backslash and control bytes escaped; all else is the name's bytes. */
static void add_field(struct strbuf *sb, struct strview text)
{
	static const char special[] = "\t\n\r\\", letters[] = "tnr\\";
	for (size_t at = 0; at < text.n;) {
		size_t plain = at;
		while (plain < text.n && (unsigned char)text.p[plain] >= ' ' &&
			text.p[plain] != '\\' && text.p[plain] != '\x7f') {
			plain++;
		}
		strbuf_add(sb, text.p + at, plain - at);
		if (plain < text.n) {
			char c = text.p[plain];
			const char *which = memchr(special, c, sizeof(special) - 1);
			if (which) {
				strbuf_addf(sb, "\\%c", letters[which - special]);
			} else {
				strbuf_addf(sb, "\\x%02x", (unsigned)c);
			}
		}
		at = plain + 1;
	}
}

/* The text of a second, kept for the next file: many are of one second. */
struct date {
	bool known;
	time_t second;
	char text[64];
};

/* As Python's ctime writes it. */
static void add_ctime(struct strbuf *sb, struct date *d, int64_t ns)
{
	time_t t = (time_t)(ns / 1000000000);
	struct tm tm;
	if (!d->known || d->second != t) {
		d->known = localtime_r(&t, &tm) &&
			   strftime(d->text, sizeof(d->text), "%a %b %e %T %Y", &tm);
		d->second = t;
	}
	strbuf_addstr(sb, d->known ? d->text : "-");
}

static const char *status_of(
	const struct plan *p, uint32_t job, uint32_t file, const struct product *product)
{
	static const struct {
		unsigned reasons;
		const char *words;
	} words[] = {
		{REASON_UNFINISHED, "incomplete"},
		{REASON_OUTPUT_CHANGED, "output changed"},
		{REASON_NEWER_INPUT | REASON_CHANGED_INPUT, "updated input files"},
		{REASON_CODE, "rule implementation changed"},
		{REASON_INPUT_SET, "set of input files changed"},
		{REASON_PARAMS, "params changed"},
		{REASON_SOFTWARE, "software environment changed"},
	};
	if (!(p->d->file_flags[file] & FILE_EXISTS)) {
		return product->flags & PRODUCT_TEMP && !p->reasons[job]
			       ? "removed temp file"
			       : "missing";
	}
	for (size_t i = 0; i < CW_ARRAY_LEN(words); i++) {
		if (p->reasons[job] & words[i].reasons) {
			return words[i].words;
		}
	}
	return "ok";
}

/* Files of a list, commas between them; "-" where there are none. */
static void add_files(
	const struct plan *p, struct strbuf *sb, const uint32_t *files, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		strbuf_addstr(sb, i ? "," : "");
		add_field(sb, dag_path(p->d, INPUT_FILE(files[i])));
	}
	strbuf_addstr(sb, n ? "" : "-");
}

/* What stands in all lines of a job: its logs; inputs and command if `detailed`. */
struct shared {
	struct strbuf logs, details;
	struct date date;
};

static void add_line(const struct plan *p, uint32_t job, uint32_t k,
	struct shared *shared, struct strbuf *sb)
{
	const struct dag *d = p->d;
	const struct rule *rule = dag_rule(d, job);
	uint32_t file = dag_products(d, job)[k];
	add_field(sb, dag_path(d, file));
	strbuf_addch(sb, '\t');
	if (d->file_flags[file] & FILE_EXISTS) {
		add_ctime(sb, &shared->date, d->mtime[file]);
	} else {
		strbuf_addch(sb, '-');
	}
	strbuf_addch(sb, '\t');
	strbuf_addsv(sb, rule->name);
	strbuf_addch(sb, '\t');
	strbuf_addsv(sb, strbuf_sv(&shared->logs));
	strbuf_addsv(sb, strbuf_sv(&shared->details));
	strbuf_addch(sb, '\t');
	strbuf_addstr(sb, status_of(p, job, file, &rule->products[k]));
	strbuf_addstr(sb, p->reasons[job] ? "\tupdate pending\n" : "\tno update\n");
}

int view_summary(const struct plan *p, bool detailed,
	void (*command)(void *ctx, uint32_t job, struct strbuf *out), void *ctx, FILE *to)
{
	struct strbuf sb = STRBUF_INIT, text = STRBUF_INIT;
	struct shared shared = {STRBUF_INIT, STRBUF_INIT, {.known = false}};
	int rc = 0;
	strbuf_addf(&sb, "output_file\tdate\trule\tlog-file(s)%s\tstatus\tplan\n",
		detailed ? "\tinput-file(s)\tshellcmd" : "");
	for (uint32_t i = 0; i < p->d->job_count && rc == 0; i++) {
		uint32_t job = p->d->order[i], n;
		const struct rule *rule = dag_rule(p->d, job);
		const uint32_t *files = dag_products(p->d, job);
		const uint32_t *in = dag_inputs(p->d, job, &n);
		strbuf_reset(&shared.logs);
		strbuf_reset(&shared.details);
		add_files(p, &shared.logs, files + rule->output_count, rule->log_count);
		if (detailed && rule->output_count) {
			strbuf_addch(&shared.details, '\t');
			add_files(p, &shared.details, in, n);
			strbuf_addch(&shared.details, '\t');
			strbuf_reset(&text);
			command(ctx, job, &text);
			add_field(&shared.details, text.len ? strbuf_sv(&text) : SV("-"));
		}
		for (uint32_t k = 0; k < rule->output_count && rc == 0; k++) {
			add_line(p, job, k, &shared, &sb);
			rc = flush(&sb, to, FLUSH_AT);
		}
	}
	rc |= flush(&sb, to, 0);
	strbuf_release(&sb);
	strbuf_release(&text);
	strbuf_release(&shared.logs);
	strbuf_release(&shared.details);
	return rc;
}
