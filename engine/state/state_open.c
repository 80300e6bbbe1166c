#include "state/state_open.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state/known.h"
#include "sys/clock.h"
#include "sys/fs.h"
#include "sys/lockfile.h"

#define JOURNAL_LARGEST (SIZE_MAX / 2)
/* How often a snapshot is read again that was replaced meanwhile. */
enum { LOOK_AGAIN = 3 };

char *state_in_dir(const struct state *s, const char *name)
{
	return xasprintf("%s/%s", s->dir, name);
}

static void take_row(void *ctx, enum row_kind kind, const union any_row *row)
{
	known_put(ctx, kind, row);
}

static void read_journal(struct state *s, struct strbuf *out)
{
	char *path = state_in_dir(s, "journal");
	/* what cannot be read is as if it were not there: a torn end is no error either */
	if (fs_read_regular(path, JOURNAL_LARGEST, out) != 0) {
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
	case DB_FAULT_MISSING:
		strbuf_addf(note, "%s holds no records yet", s->path);
		break;
	case DB_FAULT_NONE:
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
	s->has_db = s->db_open = false;
	known_clear(s);
	char *snapshot = state_in_dir(s, "snapshot");
	unlink(snapshot);
	free(snapshot);
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
	uint32_t count;
	if (state_db_apply_frames(&s->db, bytes, &count) != 0) {
		return -1;
	}
	s->recovered += count;
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

static bool is_seal(const struct frame *f)
{
	return f->payload.n && f->payload.p[0] == 'A' + ROW_SEAL;
}

/* The last seal of a journal. False: there is none. */
static bool last_seal(struct strview bytes, struct row_seal *ret)
{
	struct frame f;
	enum row_kind kind;
	union any_row row;
	bool found = false;
	while (journal_next(&bytes, &f)) {
		if (is_seal(&f) && row_decode(&f.payload, &kind, &row) > 0) {
			*ret = row.seal;
			found = true;
		}
	}
	return found;
}

/* A first run that was killed before there was a database has a journal from frame 1 on:
 * the identity in it, else 0. */
static uint64_t first_identity(struct strview journal)
{
	struct frame f;
	struct row_seal seal;
	return !last_seal(journal, &seal) && journal_next(&journal, &f) && f.number <= 1
		       ? f.identity
		       : 0;
}

/* What of a journal follows a snapshot. */
struct tail {
	uint64_t size, number; /* of all its frames; of the last */
	struct row_seal seal;
};

/* Whether the journal goes on where the snapshot ends, and was sealed. */
static bool find_tail(const struct state *s, struct strview bytes, struct tail *ret)
{
	struct strview all = bytes;
	struct frame f;
	bool first = true, sealed = false;
	while (journal_next(&bytes, &f)) {
		union any_row row;
		enum row_kind kind;
		if (f.identity != s->snapshot.identity ||
			(first ? f.number > s->snapshot.number + (f.payload.n > 0)
			       : f.number != ret->number + 1)) {
			return false;
		}
		if (is_seal(&f) && row_decode(&f.payload, &kind, &row) > 0) {
			ret->seal = row.seal;
			sealed = true;
		}
		first = false;
		ret->number = f.number;
		ret->size = all.n - bytes.n;
	}
	return sealed && ret->number >= s->snapshot.number;
}

/* Whether the database's file is as its last writer left it. */
static bool is_sealed(const struct state *s, const struct row_seal *seal)
{
	struct row_seal now;
	return state_seal_of(s, &now) == 0 && now.size == seal->size &&
	       now.mtime_ns == seal->mtime_ns && now.ino == seal->ino;
}

int state_seal_of(const struct state *s, struct row_seal *ret)
{
	struct stat st;
	if (stat(s->path, &st) != 0 || !S_ISREG(st.st_mode)) {
		return -1;
	}
	*ret = (struct row_seal){.size = st.st_size,
		.mtime_ns = (int64_t)st.st_mtim.tv_sec * NS_PER_S + st.st_mtim.tv_nsec,
		.ino = st.st_ino};
	return 0;
}

/* A row of the overlay: where the last of it is. */
static void note_overlaid(
	struct state *s, enum row_kind kind, const union any_row *row, uint32_t at)
{
	if (kind == ROW_JOB || (kind == ROW_AGAIN && row->job.id < s->jobs.n)) {
		hashmap_set(&s->overlay_jobs, row->job.id, at);
	} else if (kind == ROW_RUN) {
		hashmap_set(&s->overlay_runs, row->run.id, at);
	} else if (kind == ROW_FILE) {
		hashmap_set(&s->overlay_files, row->file.id, at);
	}
}

/* Takes in what frames above `number` say, which follow one another. */
static void replay(
	struct state *s, struct strview bytes, uint64_t identity, uint64_t number)
{
	struct strview all = bytes;
	struct frame f;
	while (journal_next(&bytes, &f)) {
		if ((identity && f.identity != identity) || f.number != number + 1) {
			continue; /* known already */
		}
		number++;
		struct strview rest = f.payload;
		while (rest.n) {
			enum row_kind kind;
			union any_row row;
			uint32_t at = (uint32_t)(rest.p - all.p);
			if (row_decode(&rest, &kind, &row) <= 0) {
				break;
			}
			known_put(s, kind, &row);
			if (s->mode == STATE_LOOK) {
				note_overlaid(s, kind, &row, at);
			}
			s->found = true;
		}
	}
}

/* Whether a run holds the lock: then the database is its own, and changes. */
static bool run_goes_on(const struct state *s)
{
	char *path = state_in_dir(s, "lock");
	bool held = lockfile_is_held(path, NULL);
	free(path);
	return held;
}

/* What is known by the snapshot and `bytes` of the journal, the database unopened. False:
 * they do not belong together. */
static bool open_whole(struct state *s, struct strview bytes, struct tail *tail)
{
	*tail = (struct tail){0};
	if (!find_tail(s, bytes, tail) || !fs_exists(s->path) ||
		(!is_sealed(s, &tail->seal) &&
			!(s->mode == STATE_LOOK && run_goes_on(s)))) {
		return false;
	}
	s->has_db = s->found = s->whole = true;
	known_adopt(s);
	replay(s, bytes, s->snapshot.identity, s->snapshot.number);
	return true;
}

static bool load_snapshot(struct state *s)
{
	char *path = state_in_dir(s, "snapshot");
	int rc = snapshot_load(&s->snapshot, path, s->network);
	free(path);
	return rc == 0;
}

/* Opens the database that is there, with what the journal adds. 1: it is damaged. */
static int open_database(struct state *s, struct strview journal, uint64_t identity)
{
	s->has_db = s->db_open = true;
	int rc = state_db_open(&s->db, s->path, STATE_DB_WRITE, s->network,
		identity ? identity : random_identity());
	if (rc == 0) {
		rc = recover(s, journal);
	}
	if (rc == 0) {
		rc = state_db_scan(&s->db, take_row, s);
	}
	if (rc == 0) {
		s->gaps = true; /* perhaps */
		s->found = s->db_good = true;
		return 0;
	}
	return db_fault(&s->db.db) == DB_FAULT_CORRUPT ? 1 : -1;
}

/* Whether the row is the end of a job: which. */
static bool is_end(enum row_kind kind, const union any_row *row, uint32_t *ret_job)
{
	*ret_job = kind == ROW_DROP ? row->drop.job : row->job.id;
	return kind == ROW_JOB || kind == ROW_AGAIN || kind == ROW_DROP;
}

/* Jobs that a killed run left unfinished, of a journal whose database is gone: known by
 * their paths, kept under new numbers. */
static void keep_starts(struct state *s, struct strview bytes)
{
	struct frame f;
	enum row_kind kind;
	union any_row row;
	struct hashmap ended; /* job -> its last end, counted in rows */
	uint32_t count = 0, at = 0, job = 0, id;
	hashmap_init(&ended);
	for (int pass = 0; pass < 2; pass++) {
		struct strview left = bytes;
		while (journal_next(&left, &f)) {
			while (row_decode(&f.payload, &kind, &row) > 0) {
				if (pass == 0 && is_end(kind, &row, &id)) {
					hashmap_set(&ended, id, count);
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

static int say_journal(const struct state *s, int err, struct strbuf *note)
{
	strbuf_addf(note, "cannot write %s/journal: %s", s->dir, strerror(err));
	return -1;
}

/* Goes on behind the journal of a run that ended or was killed. */
static int go_on(struct state *s, int fd, struct strview bytes, const struct tail *tail,
	struct strbuf *note)
{
	struct strview left = bytes;
	struct frame f;
	/* the database lacks the frames behind those that it had when it was sealed */
	while (journal_next(&left, &f)) {
		if (f.number <= tail->seal.applied) {
			s->fold_from = bytes.n - left.n;
		} else if (!is_seal(&f)) {
			s->behind = true;
		}
	}
	if (journal_open(&s->journal, fd, s->snapshot.identity, tail->number,
		    tail->size) != 0) {
		return say_journal(s, errno, note);
	}
	s->journal.by_write = s->network;
	return 0;
}

/* Begins a journal. All that an earlier one held is in the database. */
static int begin_journal(struct state *s, int fd, struct strbuf *note)
{
	uint64_t identity = s->has_db ? s->db.identity : random_identity();
	int rc =
		journal_open(&s->journal, fd, identity, s->has_db ? s->db.applied : 0, 0);
	if (rc != 0) {
		say_journal(s, errno, note);
	}
	s->journal.by_write = s->network;
	if (rc == 0 && s->frame.len) {
		rc = state_commit(s);
	}
	return rc;
}

/* LOOK: the database as of one moment. -1: it is of a later version. */
static int look_into_database(struct state *s, struct strbuf *note)
{
	int rc = state_need_db(s) ? state_db_scan(&s->db, take_row, s) : -1;
	s->found = rc == 0;
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
		s->has_db = s->db_open = false;
		known_clear(s);
	}
	return 0;
}

bool state_need_db(struct state *s)
{
	if (s->db_open || s->writer) {
		return s->db_good && !s->writer;
	}
	enum state_db_mode how = STATE_DB_WRITE;
	if (s->mode == STATE_LOOK) {
		/* beside a database that cannot be written no shared memory can be made, and
		 * between hosts there is none */
		bool still = s->network || access(s->dir, W_OK) != 0;
		how = still ? STATE_DB_STILL : STATE_DB_LOOK;
	}
	s->db_open = true;
	s->db_good =
		state_db_open(&s->db, s->path, how, s->network && how == STATE_DB_WRITE,
			s->journal.identity) == 0;
	if (s->mode == STATE_LOOK) {
		s->db_good = s->db_good && db_exec(&s->db.db, "BEGIN") == 0;
	}
	return s->db_good;
}

static int open_to_look(struct state *s, struct strbuf *note)
{
	struct tail tail;
	struct row_seal seal;
	for (int i = 0; i < LOOK_AGAIN && load_snapshot(s); i++) {
		strbuf_reset(&s->overlay);
		read_journal(s, &s->overlay);
		if (open_whole(s, strbuf_sv(&s->overlay), &tail)) {
			return 0;
		}
		snapshot_release(&s->snapshot);
	}
	if (fs_exists(s->path)) {
		s->has_db = true;
		if (look_into_database(s, note) != 0) {
			return -1;
		}
	}
	strbuf_reset(&s->overlay);
	read_journal(s, &s->overlay);
	struct strview bytes = strbuf_sv(&s->overlay);
	if (s->has_db) {
		replay(s, bytes, s->db.identity, s->db.applied);
	} else if (!last_seal(bytes, &seal)) {
		replay(s, bytes, 0, 0);
	}
	return 0;
}

static int open_for_run(struct state *s, struct strbuf *note)
{
	struct strbuf bytes = STRBUF_INIT;
	struct tail tail;
	int rc = 0;
	char *journal = state_in_dir(s, "journal");
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
		return say_journal(s, err, note);
	}
	read_journal(s, &bytes);
	if (load_snapshot(s)) {
		if (open_whole(s, strbuf_sv(&bytes), &tail)) {
			rc = go_on(s, fd, strbuf_sv(&bytes), &tail, note);
			strbuf_release(&bytes);
			return rc;
		}
		snapshot_release(&s->snapshot);
	}
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
	return begin_journal(s, fd, note);
}

int state_open(struct state *s, const char *dir, enum state_mode mode,
	const struct state_names *names, struct strbuf *note)
{
	*s = (struct state){.mode = mode, .names = *names, .journal = JOURNAL_INIT};
	s->dir = xstrdup(dir);
	s->path = state_in_dir(s, "state.db");
	strbuf_init(&s->overlay);
	strbuf_init(&s->frame);
	strbuf_init(&s->strays);
	hashmap_init(&s->unnumbered);
	hashmap_init(&s->unfinished_paths);
	hashmap_init(&s->stray_at);
	hashmap_init(&s->loose);
	hashmap_init(&s->overlay_jobs);
	hashmap_init(&s->overlay_runs);
	hashmap_init(&s->overlay_files);
	s->network = names->as_network || fs_is_network(dir);
	return mode == STATE_RUN ? open_for_run(s, note) : open_to_look(s, note);
}
