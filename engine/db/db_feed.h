/*
 * Rows that a function makes, added to a table by one statement: three times as fast as
 * a step for each, since the statement starts and ends once.
 */
#ifndef CW_DB_DB_FEED_H
#define CW_DB_DB_FEED_H

#include "db/db.h"

enum { DB_FEED_COLUMNS = 24 };

enum db_cell_kind {
	DB_CELL_NULL,
	DB_CELL_INT,
	DB_CELL_DOUBLE,
	DB_CELL_TEXT,
	DB_CELL_BLOB
};

struct db_cell {
	enum db_cell_kind kind;
	union {
		int64_t i;
		double d;
		struct strview bytes; /* of a text or blob */
	};
};

struct db_feed {
	const char *into; /* the rows go here: a table, or one with columns in brackets */
	size_t columns;   /* 1 to DB_FEED_COLUMNS */
	bool rolls_back; /* a failure undoes the transaction: nothing is kept for undoing the
	                    rows alone, which may need a file for it */
	uint64_t rows;
	/* Fills the `columns` cells of the next row: called `rows` times, in order. Bytes
	 * are borrowed until the next call. */
	void (*next)(void *state, struct db_cell *ret_cell);
	void *state;
};

/* Adds the rows; the first column is the table's integer key and rises. 0, or -1 (db_error). */
int db_feed(struct db *db, const struct db_feed *feed);

static inline struct db_cell db_cell_int(int64_t i)
{
	return (struct db_cell){.kind = DB_CELL_INT, .i = i};
}

static inline struct db_cell db_cell_double(double d)
{
	return (struct db_cell){.kind = DB_CELL_DOUBLE, .d = d};
}

static inline struct db_cell db_cell_text(struct strview text)
{
	return (struct db_cell){.kind = DB_CELL_TEXT, .bytes = text};
}

static inline struct db_cell db_cell_blob(struct strview bytes)
{
	return (struct db_cell){.kind = DB_CELL_BLOB, .bytes = bytes};
}

#endif
