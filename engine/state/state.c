#include "state/state.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state/known.h"
#include "sys/clock.h"
#include "sys/fs.h"

/* The journal is emptied when it is larger, in the middle of a run too. */
#define JOURNAL_MOST (UINT64_C(64) << 20)
#define JOURNAL_LARGEST (SIZE_MAX / 2)

static char *in_dir(const struct state *s, const char *name)
{
	return xasprintf("%s/%s", s->dir, name);
}

static void take_row(void *ctx, enum row_kind kind, const union any_row *row)
{
	known_put(ctx, kind, row);
}

static void read_journal(struct state *s, struct strbuf *out)
{
	char *path = in_dir(s, "journal");
	/* what cannot be read is as if it were not there: a torn end is no error either */
	if (fs_read_file(path, JOURNAL_LARGEST, out) != 0) {
		strbuf_reset(out);
	}
	free(path);
}

/* Says what is wrong with the database. */
static int say(struct state *s, struct strbuf *note)
{
	const char *error = db_error(&s->db.db);
	switch (db_fault(&s->db.db)) {
	case DB_FAULT_NEWER:
		strbuf_addf(note,
			"%s was written by a later version of cwflow and is left alone: "
			"it %s",
			s->path, error);
		break;
	case DB_FAULT_BUSY:
		strbuf_addf(note, "%s is in use by another program", s->path);
		break;
	case DB_FAULT_NONE:
	case DB_FAULT_MISSING:
	case DB_FAULT_CORRUPT:
	case DB_FAULT_FULL:
	case DB_FAULT_OTHER:
		strbuf_addf(note, "%s cannot be used: %s", s->path, error);
		break;
	}
	return -1;
}

/* A damaged database goes out of the way, for whoever wants to look at it. */
static int move_aside(struct state *s, struct strbuf *note)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	int rc = 0;
	strbuf_addf(note,
		"the records in %s are damaged (%s) and were moved to %s.damaged; "
		"nothing is known of earlier runs",
		s->path, db_error(&s->db.db), s->path);
	state_db_close(&s->db);
	s->has_db = false;
	known_clear(s);
	for (size_t i = 0; i < CW_ARRAY_LEN(ends) && rc == 0; i++) {
		char *from = xasprintf("%s%s", s->path, ends[i]);
		char *to = xasprintf("%s.damaged%s", s->path, ends[i]);
		if (rename(from, to) != 0 && errno != ENOENT) {
			strbuf_addf(note, "; cannot move it: %s", strerror(errno));
			rc = -1;
		}
		free(from);
		free(to);
	}
	return rc;
}

/* Brings the journal's frames into the database. */
static int recover(struct state *s, struct strview bytes)
{
	struct frame f;
	while (journal_next(&bytes, &f)) {
		if (f.identity == s->db.identity && f.number == s->db.applied + 1) {
			if (state_db_apply(&s->db, f.number, f.payload) != 0) {
				return -1;
			}
			s->recovered++;
		}
	}
	return state_db_commit(&s->db) != 0 ? -1 : state_db_checkpoint(&s->db);
}

static uint64_t random_identity(void)
{
	uint64_t id = 0;
	if (getrandom(&id, sizeof(id), 0) != (ssize_t)sizeof(id)) {
		id = (uint64_t)clock_wall_ns(&clock_real) ^ (uint64_t)getpid();
	}
	return id ? id : 1;
}

/* A first run that was killed before there was a database has a journal from frame 1 on:
 * the identity in it, else 0. */
static uint64_t first_identity(struct strview journal)
{
	struct frame f;
	return journal_next(&journal, &f) && f.number == 1 ? f.identity : 0;
}

/* Opens the database that is there, with what the journal adds. 1: it is damaged. */
static int open_database(struct state *s, struct strview journal, uint64_t identity)
{
	s->has_db = true;
	int rc = state_db_open(&s->db, s->path, STATE_DB_WRITE, s->network,
		identity ? identity : random_identity());
	if (rc == 0) {
		rc = recover(s, journal);
	}
	if (rc == 0) {
		rc = state_db_scan(&s->db, take_row, s);
	}
	if (rc == 0) {
		s->found = true;
		return 0;
	}
	return db_fault(&s->db.db) == DB_FAULT_CORRUPT ? 1 : -1;
}

/* Jobs that a killed run left unfinished, of a journal whose database is gone: known by
 * their paths, kept under new numbers. */
static void keep_starts(struct state *s, struct strview bytes)
{
	struct frame f;
	enum row_kind kind;
	union any_row row;
	struct hashmap ended; /* job -> its last end, counted in rows */
	uint32_t count = 0, at = 0, job = 0;
	hashmap_init(&ended);
	for (int pass = 0; pass < 2; pass++) {
		struct strview left = bytes;
		while (journal_next(&left, &f)) {
			while (row_decode(&f.payload, &kind, &row) > 0) {
				if (pass == 0 && (kind == ROW_JOB || kind == ROW_DROP)) {
					hashmap_set(&ended,
						kind == ROW_JOB ? row.job.id
								: row.drop.job,
						count);
				} else if (pass == 1 && kind == ROW_START) {
					uint32_t end = hashmap_get(&ended, row.start.job);
					if (end == HASHMAP_NONE || end < at) {
						row.start.job = job++;
						known_put(s, kind, &row);
						row_encode(kind, &row.start, &s->frame);
					}
				}
				count += pass == 0;
				at += pass == 1;
			}
		}
	}
	hashmap_release(&ended);
}

static int open_journal(struct state *s, int fd, struct strbuf *note)
{
	uint64_t identity = s->has_db ? s->db.identity : random_identity();
	int rc = journal_open(&s->journal, fd, identity, s->has_db ? s->db.applied : 0);
	if (rc == 0 && s->journal.size) {
		rc = journal_clear(&s->journal);
	}
	if (rc != 0) {
		strbuf_addf(note, "cannot write %s/journal: %s", s->dir, strerror(errno));
	}
	if (rc == 0 && s->frame.len) {
		rc = state_commit(s);
	}
	return rc;
}

/* LOOK: what the journal has and the database has not. */
static void lay_over(struct state *s)
{
	struct frame f;
	read_journal(s, &s->overlay);
	struct strview bytes = strbuf_sv(&s->overlay);
	uint64_t number = s->has_db ? s->db.applied : 0;
	while (journal_next(&bytes, &f)) {
		if (s->has_db && f.identity != s->db.identity) {
			continue;
		}
		if (f.number != number + 1) {
			continue; /* known already */
		}
		number++;
		struct strview rest = f.payload;
		while (rest.n) {
			enum row_kind kind;
			union any_row row;
			uint32_t at = (uint32_t)(rest.p - s->overlay.buf);
			if (row_decode(&rest, &kind, &row) <= 0) {
				break;
			}
			known_put(s, kind, &row);
			if (kind == ROW_JOB) {
				hashmap_set(&s->overlay_jobs, row.job.id, at);
			} else if (kind == ROW_RUN) {
				hashmap_set(&s->overlay_runs, row.run.id, at);
			} else if (kind == ROW_FILE) {
				hashmap_set(&s->overlay_files, row.file.id, at);
			}
			s->found = true;
		}
	}
}

static int open_to_look(struct state *s, struct strbuf *note)
{
	if (fs_exists(s->path)) {
		s->has_db = true;
		/* beside a database that cannot be written no shared memory can be made */
		bool still = access(s->dir, W_OK) != 0;
		int rc = state_db_open(&s->db, s->path,
			still ? STATE_DB_STILL : STATE_DB_LOOK, false, 0);
		if (rc == 0) {
			/* one moment for all tables */
			rc = db_exec(&s->db.db, "BEGIN");
			rc = rc ? rc : state_db_scan(&s->db, take_row, s);
			s->found = rc == 0;
		}
		enum db_fault fault = db_fault(&s->db.db);
		if (rc != 0 && fault == DB_FAULT_NEWER) {
			return say(s, note);
		}
		if (rc != 0) {
			/* one that is being made at this moment is missing, too */
			if (fault != DB_FAULT_MISSING || access(s->path, R_OK) != 0) {
				strbuf_addf(note,
					"the records in %s cannot be read (%s); nothing is "
					"known of earlier runs",
					s->path, db_error(&s->db.db));
			}
			state_db_close(&s->db);
			s->has_db = false;
			known_clear(s);
		}
	}
	lay_over(s);
	return 0;
}

static int open_for_run(struct state *s, struct strbuf *note)
{
	struct strbuf bytes = STRBUF_INIT;
	int rc = 0;
	char *journal = in_dir(s, "journal");
	int fd = journal_lock(journal);
	int err = errno;
	free(journal);
	if (fd < 0 && err == EWOULDBLOCK) {
		strbuf_addstr(note,
			"another run writes the records here: this one is not "
			"recorded");
		s->mode = STATE_LOOK;
		return open_to_look(s, note);
	}
	if (fd < 0) {
		strbuf_addf(note, "cannot write %s/journal: %s", s->dir, strerror(err));
		return -1;
	}
	read_journal(s, &bytes);
	uint64_t first = first_identity(strbuf_sv(&bytes));
	if (fs_exists(s->path) || first) {
		rc = open_database(s, strbuf_sv(&bytes), first);
		if (rc > 0) {
			rc = move_aside(s, note);
		} else if (rc < 0) {
			say(s, note);
		}
	}
	if (rc == 0 && !s->has_db && bytes.len) {
		keep_starts(s, strbuf_sv(&bytes));
	}
	strbuf_release(&bytes);
	if (rc != 0) {
		close(fd);
		return -1;
	}
	return open_journal(s, fd, note);
}

int state_open(struct state *s, const char *dir, enum state_mode mode,
	const struct state_names *names, struct strbuf *note)
{
	*s = (struct state){.mode = mode, .names = *names, .journal = JOURNAL_INIT};
	s->dir = xstrdup(dir);
	s->path = in_dir(s, "state.db");
	strbuf_init(&s->overlay);
	strbuf_init(&s->frame);
	hashmap_init(&s->overlay_jobs);
	hashmap_init(&s->overlay_runs);
	hashmap_init(&s->overlay_files);
	s->network = mode == STATE_RUN && fs_is_network(dir);
	return mode == STATE_RUN ? open_for_run(s, note) : open_to_look(s, note);
}

static int end_writer(struct state *s, struct strbuf *note)
{
	struct strbuf error = STRBUF_INIT;
	int rc = 0;
	if (s->writer) {
		rc = writer_free(s->writer, &error);
		s->writer = NULL;
		s->has_db = true;
		if (rc == 0) {
			rc = journal_clear(&s->journal);
		} else {
			strbuf_addf(note,
				"%s could not be written (%s); the records of this run are "
				"in %s/journal, and the next run reads them",
				s->path, error.buf, s->dir);
		}
	}
	strbuf_release(&error);
	return rc;
}

int state_close(struct state *s, struct strbuf *note)
{
	int rc = end_writer(s, note);
	if (s->broken && rc == 0) {
		rc = -1;
		strbuf_addf(
			note, "cannot write %s/journal: %s", s->dir, strerror(s->broken));
	}
	if (s->has_db) {
		state_db_close(&s->db);
	}
	journal_close(&s->journal);
	known_clear(s);
	strbuf_release(&s->overlay);
	strbuf_release(&s->frame);
	hashmap_release(&s->overlay_jobs);
	hashmap_release(&s->overlay_runs);
	hashmap_release(&s->overlay_files);
	free(s->dir);
	free(s->path);
	s->dir = s->path = NULL;
	return rc;
}

uint32_t state_file_id(struct state *s, uint32_t number)
{
	uint32_t file = state_file_of(s, number);
	if (file == STATE_NONE) {
		static const struct known_file none = {
			.stamp = {-1, -1}, .job = STATE_NONE};
		file = (uint32_t)s->files.n;
		vec_push(&s->files, none);
		known_link(s, file, number);
	}
	return file;
}

uint32_t state_new_job(struct state *s)
{
	static const struct known_job none;
	vec_push(&s->jobs, none);
	return (uint32_t)s->jobs.n - 1;
}

void state_put_file(struct state *s, uint32_t file, const struct known_file *known)
{
	struct row_file row = {.id = file,
		.path = s->names.path(s->names.ctx, s->number_of.v[file]),
		.stamp = known->stamp,
		.dev = known->dev,
		.ino = known->ino,
		.content = known->content,
		.job = known->job};
	s->files.v[file] = *known;
	row_encode(ROW_FILE, &row, &s->frame);
}

void state_put_job(struct state *s, const struct row_job *job)
{
	row_encode(ROW_JOB, job, &s->frame);
}

void state_put_start(struct state *s, const struct row_start *start)
{
	row_encode(ROW_START, start, &s->frame);
}

void state_put_drop(struct state *s, uint32_t job)
{
	row_encode(ROW_DROP, &(struct row_drop){job}, &s->frame);
}

void state_put_run(struct state *s, const struct row_run *run)
{
	s->last_run = run->id;
	row_encode(ROW_RUN, run, &s->frame);
}

static int start_writer(struct state *s)
{
	struct writer_options o = {.db = &s->db,
		.is_open = s->has_db,
		.path = s->path,
		.network = s->network,
		.identity = s->journal.identity,
		.journal_fd = s->journal.fd};
	s->writer = writer_new(&o);
	return s->writer ? 0 : -1;
}

int state_commit(struct state *s)
{
	if (!s->broken && s->frame.len) {
		struct strview payload = strbuf_sv(&s->frame);
		if (journal_append(&s->journal, payload) != 0 ||
			(!s->writer && start_writer(s) != 0)) {
			s->broken = errno ? errno : EIO;
		} else {
			writer_put(s->writer, s->journal.number, payload);
		}
	}
	strbuf_reset(&s->frame);
	if (!s->broken && s->journal.size > JOURNAL_MOST &&
		writer_drain(s->writer) == 0 && journal_clear(&s->journal) != 0) {
		s->broken = errno;
	}
	return s->broken ? -1 : 0;
}

int state_sync(struct state *s)
{
	return fdatasync(s->journal.fd);
}

/* The row at that place of the overlay. */
static void overlay_row(const struct state *s, uint32_t at, union any_row *row)
{
	struct strview bytes = sv_skip(strbuf_sv(&s->overlay), at);
	enum row_kind kind;
	cw_assert(row_decode(&bytes, &kind, row) == 1);
}

int state_job(struct state *s, uint32_t id, struct row_job *ret)
{
	uint32_t at = hashmap_get(&s->overlay_jobs, id);
	if (at != HASHMAP_NONE) {
		union any_row row;
		overlay_row(s, at, &row);
		*ret = row.job;
		return 1;
	}
	return s->has_db ? state_db_job(&s->db, id, ret) : 0;
}

int state_run(struct state *s, uint32_t id, struct row_run *ret)
{
	uint32_t at = hashmap_get(&s->overlay_runs, id);
	if (at != HASHMAP_NONE) {
		union any_row row;
		overlay_row(s, at, &row);
		*ret = row.run;
		return 1;
	}
	return s->has_db ? state_db_run(&s->db, id, ret) : 0;
}

int state_file(struct state *s, uint32_t id, struct row_file *ret)
{
	uint32_t at = hashmap_get(&s->overlay_files, id);
	if (at != HASHMAP_NONE) {
		union any_row row;
		overlay_row(s, at, &row);
		*ret = row.file;
		return 1;
	}
	return s->has_db ? state_db_file(&s->db, id, ret) : 0;
}

struct each_job {
	struct state *s;
	void (*put)(void *ctx, const struct row_job *job);
	void *ctx;
};

/* Jobs that the journal has anew come from there. */
static void unless_overlaid(void *ctx, const struct row_job *job)
{
	struct each_job *e = ctx;
	if (hashmap_get(&e->s->overlay_jobs, job->id) == HASHMAP_NONE) {
		e->put(e->ctx, job);
	}
}

int state_each_job(
	struct state *s, void (*put)(void *ctx, const struct row_job *job), void *ctx)
{
	struct each_job e = {s, put, ctx};
	if (s->has_db && state_db_each_job(&s->db, unless_overlaid, &e) != 0) {
		return -1;
	}
	for (size_t i = 0; i < s->overlay_jobs.cap; i++) {
		const struct hashmap_slot *slot = &s->overlay_jobs.slots[i];
		if (slot->value != HASHMAP_NONE) {
			union any_row row;
			overlay_row(s, slot->value, &row);
			put(ctx, &row.job);
		}
	}
	return 0;
}
