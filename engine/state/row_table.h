/*
 * Rows between bytes, as they stand in the journal, and the tables of the database. A
 * column is a field of the row, or the bytes of some that follow one another: what only
 * the engine reads is one blob, since every column costs the writer as much as the
 * bytes of a whole row.
 */
#ifndef CW_STATE_ROW_TABLE_H
#define CW_STATE_ROW_TABLE_H

#include "base/vec.h"
#include "db/db.h"
#include "state/row.h"

struct row_table {
	enum row_kind kind;
	const char *into, *append; /* the table; it with its columns, but for the key */
	const uint8_t *groups; /* by column: how many fields; 0 ends. NULL: one each */
};

extern const struct row_table table_run, table_start, table_file, table_job;
/* Of the tables' version 1. */
extern const struct row_table table_file_1, table_job_1;

/* A row as it stands in a frame. */
struct row_ref {
	uint32_t id, seq;
	const char *at; /* borrowed */
};

/* Rows that will go into one table together, in the order of their keys. */
struct row_list {
	VEC(struct row_ref) rows;
	bool unsorted; /* they are not in order, or not each once */
	int64_t next;  /* the key behind the last in the table; 0: not known */
};

/* Adds a row: `at` are its bytes (of row_encode, whole; borrowed until the flush). */
void row_list_add(struct row_list *l, uint32_t id, const char *at);
void row_list_release(struct row_list *l);

/* Rows of the table were removed. */
void row_list_forget(struct row_list *l);

/* Puts the rows into their table, of each key the last one, and empties the list. `put`: the
 * statement that replaces one, by all columns. 0, or -1 (db_error); then the transaction may be
 * undone. */
int row_list_flush(
	struct row_list *l, struct db *db, const struct row_table *t, size_t put);

/* Runs the statement with the fields of `row` as its values. 0 or -1. */
int row_put(struct db *db, size_t statement, enum row_kind kind, const void *row);

/* The present row of a query, whose columns are those of `t`; texts are borrowed from it.
 * 0, or -1: a blob is not whole, which counts as damage. */
int row_read(struct db *db, size_t query, const struct row_table *t, union any_row *ret);

#endif
