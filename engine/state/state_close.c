#include <errno.h>
#include <unistd.h>

#include "state/forget.h"
#include "state/known.h"
#include "state/state.h"
#include "state/state_open.h"
#include "sys/clock.h"

/* The journal is emptied when it is larger, in the middle of a run too. */
#define JOURNAL_MOST (UINT64_C(64) << 20)
#define JOURNAL_MOST_REMOTE (UINT64_C(1) << 30)
/* So much of it, or what is so old, is brought into the database. */
#define FOLD_BYTES (UINT64_C(4) << 20)
#define FOLD_NS NS_PER_S
/* A journal this large for itself, beside a part of the snapshot, asks for a new one. */
#define SNAPSHOT_LEAST (UINT64_C(64) << 10)

enum { RUNS_KEPT = 1000 };

static struct writer_options writer_options(struct state *s)
{
	return (struct writer_options){.db = &s->db,
		.is_open = &s->db_open,
		.path = s->path,
		.network = s->network,
		.identity = s->journal.identity,
		.journal_fd = s->journal.fd};
}

/* Hands what the database lacks to the thread. 0, or -1 with errno. */
static int hand_over(struct state *s)
{
	if (!s->writer) {
		struct writer_options o = writer_options(s);
		s->writer = writer_new(&o);
	}
	if (!s->writer) {
		return -1;
	}
	if (s->fold_from < s->journal.size) {
		writer_put(s->writer, s->fold_from, s->journal.size);
		s->fold_from = s->journal.size;
	}
	return 0;
}

/* Frames go into the database when there are enough of them, or old ones. */
static int fold_some(struct state *s)
{
	int64_t now = clock_monotonic_ns(&clock_real);
	if (!s->folded_ns) {
		s->folded_ns = now;
	}
	if (s->journal.size - s->fold_from < FOLD_BYTES && now - s->folded_ns < FOLD_NS) {
		return 0;
	}
	s->folded_ns = now;
	/* who looks from another host reads the database without its write-ahead log */
	if (s->network && s->journal.size < JOURNAL_MOST_REMOTE) {
		return 0;
	}
	if (hand_over(s) != 0) {
		return -1;
	}
	if (s->journal.size > JOURNAL_MOST && writer_drain(s->writer) == 0) {
		if (journal_clear(&s->journal) != 0) {
			return -1;
		}
		s->fold_from = s->journal.size;
		s->whole = false;
	}
	return 0;
}

int state_commit(struct state *s)
{
	if (!s->broken && s->frame.len) {
		if (journal_append(&s->journal, strbuf_sv(&s->frame)) != 0) {
			s->broken = errno ? errno : EIO;
		} else {
			s->behind = true;
			if (fold_some(s) != 0) {
				s->broken = errno ? errno : EIO;
			}
		}
	}
	strbuf_reset(&s->frame);
	return s->broken ? -1 : 0;
}

/* All that the journal has goes into the database and onto the disk. */
static int fold_all(struct state *s, struct strbuf *error)
{
	int rc;
	if (s->writer) {
		rc = hand_over(s);
		int ended = writer_free(s->writer, error);
		rc = rc ? rc : ended;
		s->writer = NULL;
	} else {
		struct writer_options o = writer_options(s);
		rc = writer_apply(&o, s->fold_from, s->journal.size, error);
		s->fold_from = s->journal.size;
		if (rc == 0 && s->db_open && state_db_checkpoint(&s->db) != 0) {
			strbuf_addstr(error, db_error(&s->db.db));
			rc = -1;
		}
	}
	if (rc == 0 && (s->db.identity != s->journal.identity ||
			       s->db.applied != s->journal.number)) {
		strbuf_addstr(error, "another one stands in its place");
		rc = -1;
	}
	return rc;
}

/* Paths by file id, for the snapshot. */
static void add_paths(struct state *s, struct strbuf *out)
{
	const struct snapshot_memory *old = &s->snapshot.part[SNAPSHOT_PATHS];
	const char *path = old->p, *end = path ? path + old->n : NULL;
	for (uint32_t id = 0; id < s->files.n; id++) {
		struct strview text = {"", 0};
		uint32_t number = id < s->number_of.n ? s->number_of.v[id] : STATE_NONE;
		if (path && path < end) {
			text = sv_from(path);
			path += text.n + 1;
		}
		uint32_t stray =
			s->stray_at.count ? hashmap_get(&s->stray_at, id) : HASHMAP_NONE;
		if (known_is_free(s, id)) {
			text.n = 0;
		} else if (number != STATE_NONE && !text.n) {
			text = s->names.path(s->names.ctx, number);
		} else if (stray != HASHMAP_NONE) {
			text = sv_from(s->strays.buf + stray);
		}
		strbuf_addsv(out, text);
		strbuf_addch(out, '\0');
	}
}

static void add_start(void *ctx, enum row_kind kind, const union any_row *row)
{
	row_encode(kind, row, ctx);
}

/* Inputs and outputs of jobs one behind the other, without those of jobs that ran again
 * since. */
static void tidy(struct state *s)
{
	size_t inputs = 0, outputs = 0;
	for (size_t i = 0; i < s->jobs.n; i++) {
		inputs += s->jobs.v[i].input_count;
		outputs += s->jobs.v[i].output_count;
	}
	if (inputs + inputs / 4 >= s->inputs.n && outputs + outputs / 4 >= s->outputs.n) {
		return;
	}
	struct seen_input *in = xreallocarray(NULL, inputs + 1, sizeof(*in));
	uint32_t *out = xreallocarray(NULL, outputs + 1, sizeof(*out));
	inputs = outputs = 0;
	for (size_t i = 0; i < s->jobs.n; i++) {
		struct known_job *job = &s->jobs.v[i];
		if (job->input_count) {
			memcpy(in + inputs, s->inputs.v + job->inputs,
				job->input_count * sizeof(*in));
		}
		if (job->output_count) {
			memcpy(out + outputs, s->outputs.v + job->outputs,
				job->output_count * sizeof(*out));
		}
		job->inputs = inputs;
		job->outputs = outputs;
		inputs += job->input_count;
		outputs += job->output_count;
	}
	if (inputs) { /* a list that never had any has no place */
		memcpy(s->inputs.v, in, inputs * sizeof(*in));
	}
	if (outputs) {
		memcpy(s->outputs.v, out, outputs * sizeof(*out));
	}
	s->inputs.n = inputs;
	s->outputs.n = outputs;
	free(in);
	free(out);
}

#define PART(vec)                                                                        \
	{                                                                                \
		(const char *)(vec)->v, (vec)->n * sizeof(*(vec)->v)                     \
	}

/* Writes what is held in memory. The database is open. */
static int save_snapshot(struct state *s)
{
	struct strbuf paths = STRBUF_INIT, starts = STRBUF_INIT;
	struct snapshot head = {.identity = s->journal.identity,
		.number = s->journal.number,
		.last_run = s->last_run,
		.gaps = s->gaps,
		.was_killed = s->own_run ? !s->own_run_ended : s->was_killed};
	while (s->number_of.n < s->files.n) {
		known_link(s, (uint32_t)s->number_of.n, STATE_NONE);
	}
	tidy(s);
	add_paths(s, &paths);
	int rc = state_db_scan_starts(&s->db, add_start, &starts);
	if (rc == 0) {
		const struct strview parts[SNAPSHOT_PARTS] = {
			[SNAPSHOT_FILES] = PART(&s->files),
			[SNAPSHOT_NUMBERS] = PART(&s->number_of),
			[SNAPSHOT_PATHS] = strbuf_sv(&paths),
			[SNAPSHOT_JOBS] = PART(&s->jobs),
			[SNAPSHOT_INPUTS] = PART(&s->inputs),
			[SNAPSHOT_OUTPUTS] = PART(&s->outputs),
			[SNAPSHOT_UNFINISHED] = strbuf_sv(&starts)};
		char *path = state_in_dir(s, "snapshot");
		rc = snapshot_save(&head, path, parts);
		free(path);
	}
	strbuf_release(&paths);
	strbuf_release(&starts);
	return rc;
}

/* Notes how the database was left, so that the next one need not open it. */
static void seal(struct state *s, uint64_t applied)
{
	struct row_seal row;
	strbuf_reset(&s->frame);
	if (state_seal_of(s, &row) == 0) {
		row.applied = applied;
		row_encode(ROW_SEAL, &row, &s->frame);
		/* without it the next one opens the database */
		if (journal_append(&s->journal, strbuf_sv(&s->frame)) != 0) {
			errno = 0;
		}
	}
}

/* Forgets what nothing leads to any more. */
static void forget(struct state *s)
{
	strbuf_reset(&s->frame);
	if (forget_find(s, &s->frame)) {
		struct strview rows = strbuf_sv(&s->frame);
		enum row_kind kind;
		union any_row row;
		while (row_decode(&rows, &kind, &row) > 0) {
			known_put(s, kind, &row);
		}
		s->gaps = true;
		state_commit(s);
	}
}

/* Everything into the database, and a snapshot where it is time for one. */
static int settle(struct state *s, struct strbuf *note)
{
	struct strbuf error = STRBUF_INIT;
	bool anew = !s->whole || s->journal.size > s->snapshot.bytes / 4 + SNAPSHOT_LEAST;
	if (anew && s->behind && !s->broken) {
		forget(s);
	}
	int rc = s->behind || s->writer ? fold_all(s, &error) : 0;
	if (rc != 0) {
		strbuf_addf(note,
			"%s could not be written (%s); the records of this run are "
			"in %s/journal, and the next run reads them",
			s->path, error.buf, s->dir);
	}
	strbuf_release(&error);
	if (rc != 0 || !s->db_open) {
		return rc;
	}
	if (anew && state_db_forget_runs(&s->db, RUNS_KEPT) != 0) {
		errno = 0; /* more is known than need be */
	}
	bool saved = anew && save_snapshot(s) == 0;
	uint64_t applied = s->db.applied;
	state_db_close(&s->db);
	s->db_open = false;
	/* what is in the database and not in the snapshot is to be read from there */
	if ((saved || !s->whole) && journal_clear(&s->journal) != 0) {
		return 0;
	}
	if (saved || s->whole) {
		seal(s, applied);
	}
	return 0;
}

int state_close(struct state *s, struct strbuf *note)
{
	int rc = s->journal.fd >= 0 ? settle(s, note) : 0;
	if (s->broken && rc == 0) {
		rc = -1;
		strbuf_addf(
			note, "cannot write %s/journal: %s", s->dir, strerror(s->broken));
	}
	if (s->db_open) {
		state_db_close(&s->db);
	}
	journal_close(&s->journal);
	known_clear(s);
	strbuf_release(&s->overlay);
	strbuf_release(&s->frame);
	hashmap_release(&s->overlay_jobs);
	hashmap_release(&s->overlay_runs);
	hashmap_release(&s->overlay_files);
	hashmap_release(&s->stray_at);
	hashmap_release(&s->loose);
	free(s->dir);
	free(s->path);
	s->dir = s->path = NULL;
	return rc;
}
