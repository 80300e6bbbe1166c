/*
 * The database of what is remembered: its schema, rows into it, and reading all of it.
 * One thread uses it at a time. docs/state-schema.md describes the tables.
 */
#ifndef CW_STATE_STATE_DB_H
#define CW_STATE_STATE_DB_H

#include "base/arena.h"
#include "base/hashmap.h"
#include "state/row_table.h"

struct state_db {
	struct db db;
	uint64_t identity; /* random, given when it was made */
	uint64_t applied;  /* number of the last frame of the journal that it holds */
	bool in_transaction;
	/* jobs that started in this transaction and have not ended: most end before it is
	 * committed, and then no row is written for them */
	struct hashmap started; /* job -> number in starts */
	VEC(struct row_start)
	starts;                    /* what they point to is borrowed; job NONE: ended */
	struct hashmap unfinished; /* job -> 1: has a row in that table, 0: no more */
	struct hashmap long_jobs;  /* whose inputs are in a table of their own */
	struct strbuf inputs;      /* of one of them */
	/* of this transaction: all of a table go in at its end */
	struct row_list files, jobs;
	struct arena rows; /* what of them is in no frame */
	bool plain;        /* the tables are of version 1 or 2 */
};

enum state_db_mode {
	STATE_DB_LOOK,
	STATE_DB_STILL, /* likewise, in a folder that nobody writes to: no locks */
	STATE_DB_WRITE
};

/*
 * Opens the database at `path`. WRITE: made where it is missing (with `identity`),
 * brought up to the present schema. `network`: no shared memory there, one process only.
 * 0, or -1: db_fault(&s->db) and db_error(&s->db); state_db_close is called all the same.
 */
int state_db_open(struct state_db *s, const char *path, enum state_db_mode mode,
	bool network, uint64_t identity);
void state_db_close(struct state_db *s);

/* Frames as they stand in the journal: those that the database has not, of its identity and
 * numbered on, are applied. Others are left out. */
int state_db_apply_frames(struct state_db *s, struct strview bytes, uint32_t *ret_count);

/* Ends the transaction. */
int state_db_commit(struct state_db *s);

/* Forgets runs of which no job is the record, but for the last `most`, when there are twice
 * as many. */
int state_db_forget_runs(struct state_db *s, uint32_t most);

/* Moves what is committed from the write-ahead log into the database and onto the disk. */
int state_db_checkpoint(struct state_db *s);

/* Calls `put` with each row that is there: runs, files, jobs (without texts for people),
 * starts. 0, or -1. */
int state_db_scan(struct state_db *s,
	void (*put)(void *ctx, enum row_kind kind, const union any_row *row), void *ctx);

/* Only the starts. */
int state_db_scan_starts(struct state_db *s,
	void (*put)(void *ctx, enum row_kind kind, const union any_row *row), void *ctx);

/* One job, run or file with all its texts, borrowed until the next call: 1, 0 where there is
 * none, -1. */
int state_db_job(struct state_db *s, uint32_t id, struct row_job *ret);
int state_db_run(struct state_db *s, uint32_t id, struct row_run *ret);
int state_db_file(struct state_db *s, uint32_t id, struct row_file *ret);

/* Calls `put` with every job, texts included, in the order of their ends. 0, or -1. */
int state_db_each_job(
	struct state_db *s, void (*put)(void *ctx, const struct row_job *job), void *ctx);

#endif
