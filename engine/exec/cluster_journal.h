/*
 * Which submissions are in flight, on disk before they are made: a run that was killed
 * leaves here what the next one needs to find its jobs. A text of lines, appended to and
 * synced; rewritten with what is still alive when it is opened.
 */
#ifndef CW_EXEC_CLUSTER_JOURNAL_H
#define CW_EXEC_CLUSTER_JOURNAL_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "exec/jobscript.h"

/* One submission whose end is not known. Strings are owned. */
struct cluster_entry {
	char *tag, *name;
	char *id; /* the scheduler's, NULL: not told before the engine died */
	struct job_identity identity;
	uint32_t attempt;
	VEC(char *) outputs;
	bool ended, cancelled; /* by that run, which did not see the end of it */
};

struct cluster_entries {
	VEC(struct cluster_entry) list;
};

void cluster_entries_release(struct cluster_entries *e);

/* Appends what DIR/journal holds of submissions that have not ended. No journal: none. A
 * line cut short by a crash counts as not written. 0, or -1 with errno. */
int cluster_journal_read(const char *dir, struct cluster_entries *ret);

struct cluster_journal {
	int fd; /* -1: not open */
	struct strbuf pending;
};

/* Opens DIR/journal (the folder must be there) with `live` in it and nothing else. 0, or
 * -1 with errno. */
int cluster_journal_open(
	struct cluster_journal *j, const char *dir, const struct cluster_entries *live);
void cluster_journal_close(struct cluster_journal *j);

/* Notes, written by the next cluster_journal_sync(). */
void cluster_journal_submit(struct cluster_journal *j, const struct cluster_entry *e);
void cluster_journal_id(struct cluster_journal *j, const char *tag, const char *id);
void cluster_journal_cancel(struct cluster_journal *j, const char *tag);
void cluster_journal_end(struct cluster_journal *j, const char *tag);

/* Writes them; `durable`: returns when they are on the disk. 0, or -1 with errno. */
int cluster_journal_sync(struct cluster_journal *j, bool durable);

#endif
