/*
 * RUN.db: SQLite in pyABC's format 1, so that pyabc.History loads it and ABCSMC.load
 * continues it, with our own tables cw_* beside: everything that a run is continued from
 * stands there exactly.
 */
#ifndef CW_ABC_HISTORY_H
#define CW_ABC_HISTORY_H

#include "abc/archive.h"

/*
 * Loads all generations into `a` (archive_init before). The digests are not compared.
 * -1 with a text where the file is no run of cwabc, or one of other models or statistics.
 */
int history_load(struct archive *a, const char *path, struct strbuf *err);

/* Loads and checks: every generation's digest must be that of `f`. The text names what
 * differs. */
int history_load_checked(struct archive *a, const struct fingerprint *f, const char *path,
	struct strbuf *err);

/* The problem file's text as it was when the run was made, its folder and the observed
 * data in words (the latter two may be NULL); returns owned. For those who get RUN.db
 * alone. -1 with a text. */
int history_problem_text(const char *path, char **ret_text, char **ret_dir,
	char **ret_observed, struct strbuf *err);

#endif
