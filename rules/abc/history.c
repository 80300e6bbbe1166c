#include "abc/history.h"

#include <errno.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "db/db.h"

enum statement { GET_KEY, GET_GENERATIONS, STATEMENTS };

static const char *const statements[STATEMENTS] = {
	[GET_KEY] = "SELECT value FROM cw_run WHERE key = ?",
	[GET_GENERATIONS] = "SELECT state FROM cw_generations ORDER BY t",
};

/* A value of cw_run; returns owned, NULL where it is not there. */
static char *get_key(struct db *db, const char *key)
{
	char *value = NULL;

	db_bind_text(db, GET_KEY, 1, sv_from(key));
	if (db_step(db, GET_KEY) == 1) {
		struct strview text = db_column_text(db, GET_KEY, 0);
		value = text.p ? xmemdup0(text.p, text.n) : NULL;
	}
	db_reset(db, GET_KEY);
	return value;
}

static int open_run(struct db *db, const char *path, struct strbuf *err)
{
	if (access(path, R_OK)) {
		int why = errno;
		char *part = xasprintf("%s.part", path);
		bool begun = why == ENOENT && access(part, F_OK) == 0;
		free(part);
		if (begun) {
			return fail(err,
				"%s is not finished: %s.part holds its progress, and the command "
				"that makes it goes on from there",
				path, path);
		}
		return fail(err, "cannot read %s: %s", path, strerror(why));
	}
	if (db_open(db, path, DB_READONLY, statements, STATEMENTS) ||
		db_has_table(db, "cw_generations") != 1) {
		if (db_fault(db) == DB_FAULT_NONE) {
			return fail(err, "%s is a database, but no run of cwabc", path);
		}
		return fail(err, "cannot read %s: %s", path, db_error(db));
	}
	return 0;
}

static int load_rows(
	struct archive *a, struct db *db, const char *path, struct strbuf *err)
{
	char *text;
	int got;

	while ((got = db_step(db, GET_GENERATIONS)) == 1) {
		struct strview state = db_column_blob(db, GET_GENERATIONS, 0);
		struct wire_reader r = {.p = state.p, .n = state.n};

		if (generation_read(archive_add(a), a->problem, &r)) {
			return fail(err,
				"%s has other models, parameters or statistics than the problem",
				path);
		}
	}
	if (got < 0) {
		return fail(err, "cannot read %s: %s", path, db_error(db));
	}
	text = get_key(db, "start_time");
	if (text) {
		snprintf(a->start_time, sizeof(a->start_time), "%s", text);
	}
	free(text);
	text = get_key(db, "scheduling");
	a->tickets = text && strcmp(text, "static") == 0;
	free(text);
	a->text = get_key(db, "fingerprint");
	a->stop_reason = get_key(db, "stop_reason");
	a->bounds = get_key(db, "cut_short");
	a->cut_short = a->bounds != NULL;
	return 0;
}

int history_load(struct archive *a, const char *path, struct strbuf *err)
{
	struct db db = {0};
	int status = open_run(&db, path, err);

	if (!status) {
		status = load_rows(a, &db, path, err);
	}
	db_close(&db);
	return status;
}

int history_load_checked(struct archive *a, const struct fingerprint *f, const char *path,
	struct strbuf *err)
{
	char digest[FINGERPRINT_SIZE], *difference;
	struct strbuf why = STRBUF_INIT;

	if (history_load(a, path, err)) {
		return -1;
	}
	difference = a->text ? fingerprint_difference(a->text, f->text.buf) : NULL;
	for (size_t i = 0; i < a->gen.n; i++) {
		fingerprint_of(f, a->gen.v[i].pop.t, digest);
		if (strcmp(digest, a->gen.v[i].digest) != 0) {
			if (difference) {
				strbuf_addstr(&why, difference);
			} else {
				strbuf_addf(&why,
					"threshold or population of generation %lld",
					(long long)a->gen.v[i].pop.t);
			}
			fail(err, "%s is of another problem: %s", path, why.buf);
			strbuf_release(&why);
			free(difference);
			return -1;
		}
	}
	free(difference);
	return 0;
}

int history_problem_text(const char *path, char **ret_text, char **ret_dir,
	char **ret_observed, struct strbuf *err)
{
	struct db db = {0};
	int status = open_run(&db, path, err);

	if (!status) {
		*ret_text = get_key(&db, "problem");
		*ret_dir = get_key(&db, "folder");
		*ret_observed = get_key(&db, "observed");
		if (!*ret_text) {
			free(*ret_dir);
			free(*ret_observed);
			status = fail(err, "%s does not hold its problem", path);
		}
	}
	db_close(&db);
	return status;
}
