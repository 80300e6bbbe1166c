#include "db/db.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include "base/xalloc.h"

enum { BUSY_MS = 5000 };

/* SQLite's result codes in the few kinds that callers treat apart. */
static enum db_fault fault_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return DB_FAULT_NONE;
	case SQLITE_CANTOPEN:
		return DB_FAULT_MISSING;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return DB_FAULT_BUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return DB_FAULT_CORRUPT;
	case SQLITE_FULL:
		return DB_FAULT_FULL;
	case SQLITE_NOMEM:
		out_of_memory(0);
	default:
		return DB_FAULT_OTHER;
	}
}

/* Keeps kind and text of a failure; returns -1. */
static int fail(struct db *db, int code)
{
	const char *text = db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(code);

	db->fault = fault_of(code);
	strbuf_reset(&db->error);
	strbuf_addstr(&db->error, text);
	return -1;
}

static int set_pragmas(struct db *db, unsigned flags)
{
	if ((flags & DB_EXCLUSIVE) && db_exec(db, "PRAGMA locking_mode=EXCLUSIVE")) {
		return -1;
	}
	/* larger pages: a new file is mostly written row after row */
	if ((flags & DB_CREATE) && (flags & DB_WAL) &&
		db_exec(db, "PRAGMA page_size=16384")) {
		return -1;
	}
	if ((flags & DB_WAL) &&
		db_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL")) {
		return -1;
	}
	if ((flags & DB_SCRATCH) &&
		db_exec(db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
			    "PRAGMA page_size=8192")) {
		return -1;
	}
	return 0;
}

/* "file:PATH?immutable=1" with what a URI cannot hold escaped. */
static char *immutable_uri(const char *path)
{
	struct strbuf uri = STRBUF_INIT;

	strbuf_addstr(&uri, "file:");
	if (path[0] == '/' && path[1] == '/') {
		path++;
	}
	for (; *path; path++) {
		if (strchr("%?#", *path)) {
			strbuf_addf(&uri, "%%%02X", (unsigned)*path);
		} else {
			strbuf_addch(&uri, *path);
		}
	}
	strbuf_addstr(&uri, "?immutable=1");
	return strbuf_detach(&uri, NULL);
}

int db_open(struct db *db, const char *path, unsigned flags, const char *const *sql,
	size_t count)
{
	int how = (flags & DB_READONLY) ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	char *uri = NULL;
	struct stat st;
	int code;

	*db = (struct db){.sql = sql, .count = count};
	strbuf_init(&db->error);
	db->stmt = xcalloc(count ? count : 1, sizeof(struct sqlite3_stmt *));
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		db->fault = DB_FAULT_OTHER; /* a pipe would be waited for */
		strbuf_addstr(&db->error, "it is no regular file");
		return -1;
	}
	if (flags & DB_CREATE) {
		how |= SQLITE_OPEN_CREATE;
	}
	if (flags & DB_IMMUTABLE) {
		uri = immutable_uri(path);
		how |= SQLITE_OPEN_URI;
	}
	code = sqlite3_open_v2(
		uri ? uri : path, &db->handle, how | SQLITE_OPEN_NOMUTEX, NULL);
	free(uri);
	if (code != SQLITE_OK) {
		return fail(db, code);
	}
	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_timeout(db->handle, BUSY_MS);
	return set_pragmas(db, flags);
}

void db_close(struct db *db)
{
	for (size_t i = 0; i < db->count && db->stmt; i++) {
		sqlite3_finalize(db->stmt[i]);
	}
	free(db->stmt);
	sqlite3_close(db->handle);
	strbuf_release(&db->error);
	*db = (struct db){0};
	strbuf_init(&db->error);
}

const char *db_error(const struct db *db)
{
	return db->error.buf ? db->error.buf : "";
}

enum db_fault db_fault(const struct db *db)
{
	return db->fault;
}

void db_set_fault(struct db *db, enum db_fault fault, const char *text)
{
	db->fault = fault;
	strbuf_reset(&db->error);
	strbuf_addstr(&db->error, text);
}

void db_busy_timeout(struct db *db, int ms)
{
	sqlite3_busy_timeout(db->handle, ms);
}

int64_t db_last_id(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

int db_exec(struct db *db, const char *sql)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : fail(db, code);
}

int db_query_int(struct db *db, const char *sql, int64_t none, int64_t *ret)
{
	struct sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL);
	int64_t x = none;

	if (code != SQLITE_OK) {
		return fail(db, code);
	}
	code = sqlite3_step(stmt);
	if (code == SQLITE_ROW && sqlite3_column_type(stmt, 0) != SQLITE_NULL) {
		x = sqlite3_column_int64(stmt, 0);
	}
	if (code != SQLITE_ROW && code != SQLITE_DONE) {
		fail(db, code);
		sqlite3_finalize(stmt);
		return -1;
	}
	sqlite3_finalize(stmt);
	*ret = x;
	return 0;
}

/* The statement, prepared at its first use; NULL with the fault set. */
static struct sqlite3_stmt *statement(struct db *db, size_t s)
{
	int code;

	cw_assert(s < db->count);
	if (CW_LIKELY(db->stmt[s] != NULL)) {
		return db->stmt[s];
	}
	code = sqlite3_prepare_v3(db->handle, db->sql[s], -1, SQLITE_PREPARE_PERSISTENT,
		&db->stmt[s], NULL);
	if (code != SQLITE_OK) {
		fail(db, code);
		return NULL;
	}
	return db->stmt[s];
}

/* A bind can only fail for a wrong index or a statement that did not compile; the
 * latter shows again, and is reported, at the step. */
static void check_bind(int code)
{
	cw_assert(code != SQLITE_RANGE && code != SQLITE_MISUSE);
	if (code == SQLITE_NOMEM) {
		out_of_memory(0);
	}
}

void db_bind_int(struct db *db, size_t s, int i, int64_t x)
{
	struct sqlite3_stmt *stmt = statement(db, s);
	if (stmt) {
		check_bind(sqlite3_bind_int64(stmt, i, x));
	}
}

void db_bind_double(struct db *db, size_t s, int i, double x)
{
	struct sqlite3_stmt *stmt = statement(db, s);
	if (stmt) {
		check_bind(sqlite3_bind_double(stmt, i, x));
	}
}

void db_bind_text(struct db *db, size_t s, int i, struct strview x)
{
	struct sqlite3_stmt *stmt = statement(db, s);
	if (stmt) {
		check_bind(sqlite3_bind_text64(
			stmt, i, x.p, x.n, SQLITE_STATIC, SQLITE_UTF8));
	}
}

void db_bind_blob(struct db *db, size_t s, int i, const void *p, size_t n)
{
	struct sqlite3_stmt *stmt = statement(db, s);
	if (stmt) {
		check_bind(sqlite3_bind_blob64(stmt, i, n ? p : "", n, SQLITE_STATIC));
	}
}

void db_bind_null(struct db *db, size_t s, int i)
{
	struct sqlite3_stmt *stmt = statement(db, s);
	if (stmt) {
		check_bind(sqlite3_bind_null(stmt, i));
	}
}

int db_run(struct db *db, size_t s)
{
	int got = db_step(db, s);

	if (got > 0) {
		db_reset(db, s);
		return 0;
	}
	return got;
}

int db_step(struct db *db, size_t s)
{
	struct sqlite3_stmt *stmt = statement(db, s);
	int code;

	if (!stmt) {
		return -1;
	}
	code = sqlite3_step(stmt);
	if (code == SQLITE_ROW) {
		return 1;
	}
	if (code != SQLITE_DONE) {
		fail(db, code);
	}
	sqlite3_reset(stmt);
	return code == SQLITE_DONE ? 0 : -1;
}

void db_reset(struct db *db, size_t s)
{
	if (db->stmt[s]) {
		sqlite3_reset(db->stmt[s]);
		sqlite3_clear_bindings(db->stmt[s]);
	}
}

int64_t db_column_int(struct db *db, size_t s, int i)
{
	return sqlite3_column_int64(db->stmt[s], i);
}

double db_column_double(struct db *db, size_t s, int i)
{
	return sqlite3_column_double(db->stmt[s], i);
}

struct strview db_column_text(struct db *db, size_t s, int i)
{
	const unsigned char *p = sqlite3_column_text(db->stmt[s], i);

	return (struct strview){
		(const char *)p, (size_t)sqlite3_column_bytes(db->stmt[s], i)};
}

struct strview db_column_blob(struct db *db, size_t s, int i)
{
	const void *p = sqlite3_column_blob(db->stmt[s], i);

	return (struct strview){p, (size_t)sqlite3_column_bytes(db->stmt[s], i)};
}

bool db_column_is_null(struct db *db, size_t s, int i)
{
	return sqlite3_column_type(db->stmt[s], i) == SQLITE_NULL;
}

int db_begin(struct db *db)
{
	return db_exec(db, "BEGIN IMMEDIATE");
}

int db_commit(struct db *db)
{
	if (db_exec(db, "COMMIT")) {
		enum db_fault fault = db->fault;
		char *text = xstrdup(db_error(db));

		db_rollback(db);
		db->fault = fault;
		strbuf_reset(&db->error);
		strbuf_addstr(&db->error, text);
		free(text);
		return -1;
	}
	return 0;
}

void db_rollback(struct db *db)
{
	if (db->handle && !sqlite3_get_autocommit(db->handle)) {
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	}
}

int db_has_table(struct db *db, const char *name)
{
	char *sql = sqlite3_mprintf(
		"SELECT count(*) FROM sqlite_master WHERE type='table' AND name=%Q",
		name);
	int64_t n = 0;
	int status;

	if (!sql) {
		out_of_memory(0);
	}
	status = db_query_int(db, sql, 0, &n);
	sqlite3_free(sql);
	return status ? -1 : n > 0;
}

/* One step with its version number, all or nothing. */
static int migrate_step(struct db *db, const struct db_migration *step)
{
	char pragma[64];

	if (db_begin(db)) {
		return -1;
	}
	snprintf(pragma, sizeof(pragma), "PRAGMA user_version=%d", step->version);
	if (db_exec(db, step->sql) || db_exec(db, pragma)) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db);
}

int db_migrate(struct db *db, const struct db_migration *steps, size_t count)
{
	int64_t version;

	if (db_query_int(db, "PRAGMA user_version", 0, &version)) {
		return -1;
	}
	if (count && version > steps[count - 1].version) {
		db->fault = DB_FAULT_NEWER;
		strbuf_reset(&db->error);
		strbuf_addf(&db->error, "has schema version %lld, this program knows %d",
			(long long)version, steps[count - 1].version);
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		if (steps[i].version > version && migrate_step(db, &steps[i])) {
			return -1;
		}
	}
	return 0;
}
