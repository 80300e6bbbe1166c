#include "state/row_table.h"

#include "db/db_feed.h"

const struct row_table table_run = {.kind = ROW_RUN};
const struct row_table table_start = {.kind = ROW_START};
const struct row_table table_file_1 = {.kind = ROW_FILE};
const struct row_table table_job_1 = {.kind = ROW_JOB};

/* id, path; size, mtime_ns, dev, ino, kind, digest, job */
static const uint8_t file_groups[] = {1, 1, 7, 0};
const struct row_table table_file = {ROW_FILE, "file", "file(path,state)", file_groups};

/* id, run; version, rule_version, code, params, software, inputs, outputs; rule,
 * wildcards, start_ns, end_ns, seconds; user_s, sys_s, max_rss_kb, attempt, threads; log,
 * command, param_text */
static const uint8_t job_groups[] = {1, 1, 7, 1, 1, 1, 1, 1, 5, 1, 1, 1, 0};
const struct row_table table_job = {ROW_JOB, "job",
	"job(run,made_from,rule,wildcards,start_ns,end_ns,seconds,usage,log,command,"
	"param_text)",
	job_groups};

int row_put(struct db *db, size_t put, enum row_kind kind, const void *row)
{
	int i = 1;
	for (const struct field *f = row_fields(kind); f->type != FIELD_END; f++, i++) {
		const char *p = (const char *)row + f->at;
		uint32_t u32;
		int64_t i64;
		double real;
		struct strview text;
		switch (f->type) {
		case FIELD_U32:
			memcpy(&u32, p, sizeof(u32));
			db_bind_int(db, put, i, u32);
			break;
		case FIELD_I64:
			memcpy(&i64, p, sizeof(i64));
			db_bind_int(db, put, i, i64);
			break;
		case FIELD_REAL:
			memcpy(&real, p, sizeof(real));
			db_bind_double(db, put, i, real);
			break;
		case FIELD_TEXT:
			memcpy(&text, p, sizeof(text));
			text.p = text.p ? text.p : "";
			db_bind_text(db, put, i, text);
			break;
		case FIELD_BYTES:
			memcpy(&text, p, sizeof(text));
			db_bind_blob(db, put, i, text.p, text.n);
			break;
		case FIELD_DIGEST:
			db_bind_blob(db, put, i, p, sizeof(struct digest));
			break;
		case FIELD_END:
			break;
		}
	}
	return db_run(db, put);
}

/* One field from a column of its own. */
static void read_column(
	struct db *db, size_t query, int i, enum field_type type, char *to)
{
	uint32_t u32;
	int64_t i64;
	double real;
	struct strview text;
	switch (type) {
	case FIELD_U32:
		u32 = (uint32_t)db_column_int(db, query, i);
		memcpy(to, &u32, sizeof(u32));
		break;
	case FIELD_I64:
		i64 = db_column_int(db, query, i);
		memcpy(to, &i64, sizeof(i64));
		break;
	case FIELD_REAL:
		real = db_column_double(db, query, i);
		memcpy(to, &real, sizeof(real));
		break;
	case FIELD_TEXT:
		text = db_column_text(db, query, i);
		memcpy(to, &text, sizeof(text));
		break;
	case FIELD_BYTES:
		text = db_column_blob(db, query, i);
		memcpy(to, &text, sizeof(text));
		break;
	case FIELD_DIGEST:
		text = db_column_blob(db, query, i);
		memset(to, 0, sizeof(struct digest));
		memcpy(to, text.p ? text.p : "",
			text.n < sizeof(struct digest) ? text.n : sizeof(struct digest));
		break;
	case FIELD_END:
		break;
	}
}

int row_read(struct db *db, size_t query, const struct row_table *t, union any_row *ret)
{
	const uint8_t *group = t->groups;
	int i = 0;
	for (const struct field *f = row_fields(t->kind); f->type != FIELD_END; i++) {
		unsigned n = group ? *group++ : 1;
		if (n == 1) {
			read_column(db, query, i, f->type, (char *)ret + f->at);
			f++;
			continue;
		}
		struct strview bytes = db_column_blob(db, query, i);
		if (row_decode_fields(&bytes, f, n, ret) != 0 || bytes.n) {
			db_set_fault(db, DB_FAULT_CORRUPT, "a record is not whole");
			return -1;
		}
		f += n;
	}
	return 0;
}

void row_list_add(struct row_list *l, uint32_t id, const char *at)
{
	uint32_t seq = (uint32_t)l->rows.n;
	l->unsorted = l->unsorted || (seq && vec_last(&l->rows).id >= id);
	vec_push(&l->rows, (struct row_ref){id, seq, at});
}

void row_list_forget(struct row_list *l)
{
	l->next = 0;
}

void row_list_release(struct row_list *l)
{
	vec_release(&l->rows);
}

/* By key; the last of those with the same one comes last. */
static int by_id(const void *a, const void *b)
{
	const struct row_ref *x = a, *y = b;
	if (x->id != y->id) {
		return x->id < y->id ? -1 : 1;
	}
	return x->seq < y->seq ? -1 : 1;
}

/* A column as its bytes stand in a row: a field, or `fixed` bytes and `texts` texts. */
struct column {
	enum field_type type; /* FIELD_END: several fields */
	uint8_t fixed, texts;
};

/* Rows to be fed, and how far that is. */
struct feed_rows {
	const struct row_ref *next;
	size_t columns, key; /* `key`: bytes that are left out before the first */
	struct column column[DB_FEED_COLUMNS];
};

static bool is_text(enum field_type type)
{
	return type == FIELD_TEXT || type == FIELD_BYTES;
}

/* What the columns of a table are. `append`: without the key. */
static void plan_columns(struct feed_rows *rows, const struct row_table *t, bool append)
{
	const struct field *f = row_fields(t->kind);
	const uint8_t *group = t->groups;
	if (append) {
		rows->key = row_field_size((f++)->type);
		group++;
	}
	for (; *group; group++) {
		struct column c = {.type = *group > 1 ? FIELD_END : f->type};
		for (unsigned i = 0; i < *group; i++, f++) {
			if (is_text(f->type)) {
				c.texts++;
			} else {
				cw_assert(!c.texts); /* they come first */
				c.fixed = (uint8_t)(c.fixed + row_field_size(f->type));
			}
		}
		cw_assert(rows->columns < DB_FEED_COLUMNS);
		rows->column[rows->columns++] = c;
	}
}

/* The values of the next row, whose bytes are known to be whole. */
static void next_row(void *state, struct db_cell *ret)
{
	struct feed_rows *rows = state;
	const char *p = (rows->next++)->at + 1 + rows->key;
	const struct column *c = rows->column, *end = c + rows->columns;
	for (; c < end; c++, ret++) {
		struct strview bytes = {p, c->fixed};
		uint32_t n;
		int64_t i64;
		double real;
		p += c->fixed;
		for (unsigned i = 0; i < c->texts; i++) {
			memcpy(&n, p, sizeof(n));
			p += sizeof(n) + n;
		}
		bytes.n = (size_t)(p - bytes.p);
		switch (c->type) {
		case FIELD_U32:
			memcpy(&n, bytes.p, sizeof(n));
			*ret = db_cell_int(n);
			break;
		case FIELD_I64:
			memcpy(&i64, bytes.p, sizeof(i64));
			*ret = db_cell_int(i64);
			break;
		case FIELD_REAL:
			memcpy(&real, bytes.p, sizeof(real));
			*ret = db_cell_double(real);
			break;
		case FIELD_TEXT:
			*ret = db_cell_text(sv_skip(bytes, sizeof(n)));
			break;
		case FIELD_BYTES:
			*ret = db_cell_blob(sv_skip(bytes, sizeof(n)));
			break;
		case FIELD_DIGEST:
		case FIELD_END:
			*ret = db_cell_blob(bytes);
			break;
		}
	}
}

/* Rows whose keys go on behind the last in the table, without a gap: the database gives the
 * same itself, which saves it to look for the place. */
static int append_rows(
	struct db *db, const struct row_table *t, const struct row_ref *rows, size_t n)
{
	struct feed_rows from = {.next = rows};
	plan_columns(&from, t, true);
	struct db_feed feed = {.into = t->append,
		.columns = from.columns,
		.rows = n,
		.rolls_back = true,
		.next = next_row,
		.state = &from};
	if (db_feed(db, &feed) != 0) {
		return -1;
	}
	if (db_last_id(db) != rows[n - 1].id) {
		db_set_fault(db, DB_FAULT_OTHER, "a row got another key than its own");
		return -1;
	}
	return 0;
}

static void bind_cell(struct db *db, size_t put, int i, const struct db_cell *cell)
{
	switch (cell->kind) {
	case DB_CELL_NULL:
		db_bind_null(db, put, i);
		break;
	case DB_CELL_INT:
		db_bind_int(db, put, i, cell->i);
		break;
	case DB_CELL_DOUBLE:
		db_bind_double(db, put, i, cell->d);
		break;
	case DB_CELL_TEXT:
		db_bind_text(db, put, i, cell->bytes);
		break;
	case DB_CELL_BLOB:
		db_bind_blob(db, put, i, cell->bytes.p, cell->bytes.n);
		break;
	}
}

/* Other rows one by one. */
static int replace_rows(struct db *db, const struct row_table *t, size_t put,
	const struct row_ref *rows, size_t n)
{
	struct feed_rows from = {.next = rows};
	struct db_cell cells[DB_FEED_COLUMNS];
	int rc = 0;
	plan_columns(&from, t, false);
	for (size_t k = 0; k < n && rc == 0; k++) {
		next_row(&from, cells);
		for (size_t i = 0; i < from.columns; i++) {
			bind_cell(db, put, (int)i + 1, &cells[i]);
		}
		rc = db_run(db, put);
	}
	return rc;
}

/* The key behind the last in the table. Of an empty one it is not 0, which the database would
 * not give. */
static int find_next(struct db *db, const struct row_table *t, int64_t *ret)
{
	char *sql = xasprintf("SELECT max(id) + 1 FROM %s", t->into);
	int rc = db_query_int(db, sql, 1, ret);
	free(sql);
	return rc;
}

int row_list_flush(
	struct row_list *l, struct db *db, const struct row_table *t, size_t put)
{
	struct row_ref *rows = l->rows.v;
	size_t left = 0, at = 0;
	int rc = 0;
	if (l->unsorted) {
		qsort(rows, l->rows.n, sizeof(*rows), by_id);
	}
	for (size_t i = 0; i < l->rows.n; i++) {
		if (i + 1 == l->rows.n || rows[i].id != rows[i + 1].id) {
			rows[left++] = rows[i];
		}
	}
	if (left && !l->next) {
		rc = find_next(db, t, &l->next);
	}
	while (at < left && rc == 0) {
		bool append = rows[at].id == l->next;
		size_t to = at;
		while (to < left && append == (rows[to].id == l->next)) {
			if (rows[to].id >= l->next) {
				l->next = rows[to].id + (int64_t)1;
			}
			to++;
		}
		rc = append ? append_rows(db, t, rows + at, to - at)
			    : replace_rows(db, t, put, rows + at, to - at);
		at = to;
	}
	vec_clear(&l->rows);
	l->unsorted = false;
	return rc;
}
