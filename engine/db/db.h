/*
 * A database file: opened with its pragmas, a table of statements prepared at their
 * first use, transactions, versions of the schema. The only room that knows SQLite.
 *
 * Functions that can fail return 0 (or what they say) and -1; then db_error() is the
 * text and db_fault() the kind. Nothing is reported here: the caller knows what the file
 * is to the user.
 */
#ifndef CW_DB_DB_H
#define CW_DB_DB_H

#include "base/strbuf.h"
#include "base/strview.h"

struct sqlite3;
struct sqlite3_stmt;

enum db_flags {
	DB_CREATE = 1,   /* made where it is missing */
	DB_READONLY = 2, /* never written; takes no lock beyond a read */
	DB_WAL = 4,      /* journal_mode=WAL, synchronous=NORMAL */
	DB_EXCLUSIVE =
		8, /* locking_mode=EXCLUSIVE: one process, also without shared memory */
	DB_SCRATCH = 16, /* no journal, no syncs: a file that is renamed or thrown away */
	DB_IMMUTABLE = 32 /* with READONLY: a finished file, read without any lock */
};

enum db_fault {
	DB_FAULT_NONE,
	DB_FAULT_MISSING, /* no such file, or it cannot be opened */
	DB_FAULT_BUSY,    /* locked by another process for longer than the waiting time */
	DB_FAULT_CORRUPT, /* no database, or damaged */
	DB_FAULT_FULL,    /* the disk, or a quota */
	DB_FAULT_NEWER,   /* a schema version of a later program (db_migrate) */
	DB_FAULT_OTHER
};

struct db {
	struct sqlite3 *handle;
	const char *const *sql; /* borrows: the table of statements, until db_close */
	struct sqlite3_stmt **stmt;
	size_t count;
	struct strbuf error;
	enum db_fault fault;
};

/* One step of a schema: applied where user_version is lower, in its own transaction. */
struct db_migration {
	int version;     /* rising from 1 */
	const char *why; /* for people: "keep digests of parameters" */
	const char *sql;
};

/*
 * Opens `path` ("" or ":memory:": in memory). `sql`, `count`: the statements, named by
 * their index from then on; prepared when first used. Waits 5 s for locks.
 * After a failure db_close is still to be called (for the text).
 */
int db_open(struct db *db, const char *path, unsigned flags, const char *const *sql,
	size_t count);

/* Closes; an open transaction is rolled back. The struct may be opened again. */
void db_close(struct db *db);

/* One line about the last failure; borrowed until the next call. */
const char *db_error(const struct db *db);
enum db_fault db_fault(const struct db *db);

/* What was read makes no sense to the caller: a failure of that kind, in these words. */
void db_set_fault(struct db *db, enum db_fault fault, const char *text);

/* How long locks are waited for, in milliseconds. */
void db_busy_timeout(struct db *db, int ms);

/* The key of the row that was inserted last. */
int64_t db_last_id(const struct db *db);

/* Runs statements separated by `;`, rows dropped. */
int db_exec(struct db *db, const char *sql);

/* The first column of the first row of a query as an integer; `none` where no row is. */
int db_query_int(struct db *db, const char *sql, int64_t none, int64_t *ret);

/*
 * Values for statement `s`, parameters counted from 1. Bytes are borrowed until the
 * statement is reset (db_run does that). Mistakes in the numbers are bugs of ours.
 */
void db_bind_int(struct db *db, size_t s, int i, int64_t x);
void db_bind_double(struct db *db, size_t s, int i, double x);
void db_bind_text(struct db *db, size_t s, int i, struct strview x); /* x.p NULL: NULL */
void db_bind_blob(struct db *db, size_t s, int i, const void *p, size_t n);
void db_bind_null(struct db *db, size_t s, int i);

/* Runs a statement that gives no rows, and resets it. */
int db_run(struct db *db, size_t s);

/* 1: there is a row; 0: no more (the statement is reset); -1 (reset too). */
int db_step(struct db *db, size_t s);

/* Ends a loop over rows early; bindings go. */
void db_reset(struct db *db, size_t s);

/* Column `i` (from 0) of the present row; bytes are borrowed until the next step. */
int64_t db_column_int(struct db *db, size_t s, int i);
double db_column_double(struct db *db, size_t s, int i);
struct strview db_column_text(struct db *db, size_t s, int i); /* p NULL for NULL */
struct strview db_column_blob(struct db *db, size_t s, int i);
bool db_column_is_null(struct db *db, size_t s, int i);

/* Transactions; BEGIN IMMEDIATE, so that a busy database shows at once. */
int db_begin(struct db *db);
int db_commit(struct db *db); /* a failed commit is rolled back */
void db_rollback(struct db *db);

/* Whether a table of that name is there: 1, 0 or -1. */
int db_has_table(struct db *db, const char *name);

/* Brings user_version up to the last step. -1 with DB_FAULT_NEWER, and nothing touched,
 * where the file is of a later version than the last step. */
int db_migrate(struct db *db, const struct db_migration *steps, size_t count);

#endif
