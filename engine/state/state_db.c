#include "state/state_db.h"

#include "state/journal.h"

enum statement {
	PUT_RUN,
	PUT_FILE,
	PUT_JOB,
	PUT_START,
	DROP_START,
	FORGET_FILE,
	FORGET_JOB,
	SET_APPLIED,
	ALL_RUNS,
	ALL_FILES,
	ALL_JOBS,
	ALL_JOBS_PLAIN,
	ALL_STARTS,
	ONE_JOB,
	ONE_RUN,
	ONE_FILE,
	EACH_JOB,
	LONG_JOBS,
	PUT_PART,
	DROP_PARTS,
	ALL_PARTS,
	ONE_PART,
	SET_PART,
	STATEMENTS
};

/* Inputs of jobs that have more are kept in pieces of so many: each fits on a page. */
enum { PART = 640 };

enum { VERSION = 3, FIRST_WITH_BLOBS = 3 };

static const char *const statements[STATEMENTS] = {
	[PUT_RUN] = "INSERT OR REPLACE INTO run VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_FILE] = "INSERT OR REPLACE INTO file VALUES(?,?,?)",
	[PUT_JOB] = "INSERT OR REPLACE INTO job VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_START] = "INSERT OR REPLACE INTO unfinished VALUES(?,?,?,?)",
	[DROP_START] = "DELETE FROM unfinished WHERE job=?",
	[FORGET_FILE] = "DELETE FROM file WHERE id=?",
	[FORGET_JOB] = "DELETE FROM job WHERE id=?",
	[SET_APPLIED] = "UPDATE meta SET applied=?",
	[ALL_RUNS] = "SELECT * FROM run",
	[ALL_FILES] = "SELECT * FROM file",
	/* but for the texts that are for people */
	[ALL_JOBS] = ("SELECT id, run, made_from, rule, wildcards, start_ns, end_ns, "
		      "seconds, usage, '', '', '' FROM job"),
	[ALL_JOBS_PLAIN] = "SELECT * FROM job",
	[ALL_STARTS] = "SELECT * FROM unfinished",
	[ONE_JOB] = "SELECT * FROM job WHERE id=?",
	[ONE_RUN] = "SELECT * FROM run WHERE id=?",
	[ONE_FILE] = "SELECT * FROM file WHERE id=?",
	[EACH_JOB] = "SELECT * FROM job ORDER BY end_ns, id",
	[LONG_JOBS] = "SELECT job FROM job_inputs WHERE part=0",
	[PUT_PART] = "INSERT INTO job_inputs VALUES(?,?,?)",
	[DROP_PARTS] = "DELETE FROM job_inputs WHERE job=?",
	[ALL_PARTS] = "SELECT inputs FROM job_inputs WHERE job=? ORDER BY part",
	[ONE_PART] = "SELECT inputs FROM job_inputs WHERE job=? AND part=?",
	[SET_PART] = "UPDATE job_inputs SET inputs=? WHERE job=? AND part=?",
};

#define FILES_AND_JOBS                                                                   \
	"CREATE TABLE file(id INTEGER PRIMARY KEY, path TEXT NOT NULL, state BLOB) "     \
	"STRICT;"                                                                        \
	"CREATE TABLE job(id INTEGER PRIMARY KEY, run INTEGER, made_from BLOB, rule "    \
	"TEXT, wildcards TEXT, start_ns INTEGER, end_ns INTEGER, seconds REAL, usage "   \
	"BLOB, log TEXT, command TEXT, param_text TEXT) STRICT;"

#define JOB_INPUTS                                                                       \
	"CREATE TABLE IF NOT EXISTS job_inputs(job INTEGER, part INTEGER, inputs BLOB, " \
	"PRIMARY KEY(job, part)) STRICT;"

static const struct db_migration migrations[] = {
	{VERSION, "all tables",
		"CREATE TABLE meta(id INTEGER PRIMARY KEY CHECK(id = 0), identity INTEGER NOT "
		"NULL, applied INTEGER NOT NULL) STRICT;"
		"CREATE TABLE run(id INTEGER PRIMARY KEY, start_ns INTEGER, end_ns INTEGER, "
		"status INTEGER, engine TEXT, host TEXT, user TEXT, arguments TEXT, workflow "
		"TEXT, pid INTEGER, git_commit TEXT, git_remote TEXT, git_dirty INTEGER, "
		"modules TEXT) STRICT;"
		"CREATE TABLE unfinished(job INTEGER PRIMARY KEY, run INTEGER, start_ns "
		"INTEGER, paths BLOB) STRICT;" FILES_AND_JOBS JOB_INPUTS},
};

static bool is_long(const struct state_db *s, uint32_t job)
{
	return hashmap_get(&s->long_jobs, job) != HASHMAP_NONE;
}

/* The inputs of a long job, borrowed until the next call; those of others stay. */
static int read_parts(struct state_db *s, struct row_job *io)
{
	int got;
	if (!is_long(s, io->id)) {
		return 0;
	}
	strbuf_reset(&s->inputs);
	db_bind_int(&s->db, ALL_PARTS, 1, io->id);
	while ((got = db_step(&s->db, ALL_PARTS)) > 0) {
		strbuf_addsv(&s->inputs, db_column_blob(&s->db, ALL_PARTS, 0));
	}
	if (s->inputs.len) {
		io->inputs = strbuf_sv(&s->inputs);
	}
	return got;
}

/* Calls `put` with each row of a query. */
static int scan(struct state_db *s, enum statement query, const struct row_table *t,
	void (*put)(void *ctx, enum row_kind kind, const union any_row *row), void *ctx)
{
	int got;
	while ((got = db_step(&s->db, query)) > 0) {
		union any_row row;
		if (row_read(&s->db, query, t, &row) != 0 ||
			(t->kind == ROW_JOB && read_parts(s, &row.job) != 0)) {
			db_reset(&s->db, query);
			return -1;
		}
		put(ctx, t->kind, &row);
	}
	return got;
}

/* What tables of files and jobs hold, by their version. */
static const struct row_table *file_table(const struct state_db *s)
{
	return s->plain ? &table_file_1 : &table_file;
}

static const struct row_table *job_table(const struct state_db *s)
{
	return s->plain ? &table_job_1 : &table_job;
}

/* Its row is to go when the job ends. */
static void keep_start(void *ctx, enum row_kind kind, const union any_row *row)
{
	struct state_db *s = ctx;
	(void)kind;
	hashmap_set(&s->unfinished, row->start.job, 1);
}

static int read_long_jobs(struct state_db *s)
{
	int got = db_has_table(&s->db, "job_inputs"); /* not in the first version */
	while (got > 0 && (got = db_step(&s->db, LONG_JOBS)) > 0) {
		uint32_t job = (uint32_t)db_column_int(&s->db, LONG_JOBS, 0);
		hashmap_set(&s->long_jobs, job, 0);
	}
	return got;
}

/* The row of table meta; made where it is missing. */
static int read_meta(struct state_db *s, enum state_db_mode mode, uint64_t identity)
{
	char sql[96];
	int64_t count, id = 0, applied = 0;
	if (db_query_int(&s->db, "SELECT count(*) FROM meta", 0, &count) != 0) {
		return -1;
	}
	if (count == 0 && mode != STATE_DB_WRITE) {
		s->db.fault = DB_FAULT_MISSING; /* its maker has got no further yet */
		return -1;
	}
	if (count == 0) {
		snprintf(sql, sizeof(sql), "INSERT INTO meta VALUES(0, %lld, 0)",
			(long long)(int64_t)identity);
		if (db_exec(&s->db, sql) != 0) {
			return -1;
		}
	}
	if (db_query_int(&s->db, "SELECT identity FROM meta", 0, &id) != 0 ||
		db_query_int(&s->db, "SELECT applied FROM meta", 0, &applied) != 0) {
		return -1;
	}
	s->identity = (uint64_t)id;
	s->applied = (uint64_t)applied;
	int rc = read_long_jobs(s);
	if (rc != 0 || mode != STATE_DB_WRITE) {
		return rc;
	}
	return scan(s, ALL_STARTS, &table_start, keep_start, s);
}

/* Files and jobs that were kept for it go into their tables. */
static int put_kept(struct state_db *s)
{
	/* a failure may have undone the transaction */
	int rc = row_list_flush(&s->files, &s->db, &table_file, PUT_FILE);
	rc = rc ? rc : row_list_flush(&s->jobs, &s->db, &table_job, PUT_JOB);
	arena_pop(&s->rows, (struct arena_mark){NULL, 0});
	return rc;
}

/* Keeps a row, which is in no frame, for its table. */
static void keep_bytes(void *ctx, enum row_kind kind, const union any_row *row)
{
	struct state_db *s = ctx;
	struct strbuf bytes = STRBUF_INIT;
	row_encode(kind, row, &bytes);
	const char *at = arena_memdup0(&s->rows, bytes.buf, bytes.len);
	strbuf_release(&bytes);
	row_list_add(kind == ROW_FILE ? &s->files : &s->jobs,
		kind == ROW_FILE ? row->file.id : row->job.id, at);
}

/* Tables of version 1 and 2, in which each field had a column, become those of now. */
static int leave_plain(struct state_db *s)
{
	int64_t version = 0;
	if (db_query_int(&s->db, "PRAGMA user_version", 0, &version) != 0) {
		return -1;
	}
	if (version == 0 || version >= FIRST_WITH_BLOBS) {
		return 0;
	}
	int rc = db_begin(&s->db);
	rc = rc ? rc : scan(s, ALL_FILES, &table_file_1, keep_bytes, s);
	rc = rc ? rc : scan(s, ALL_JOBS_PLAIN, &table_job_1, keep_bytes, s);
	rc = rc ? rc
		: db_exec(&s->db,
			  "DROP TABLE file; DROP TABLE job;" FILES_AND_JOBS JOB_INPUTS
			  "PRAGMA user_version=3");
	rc = rc ? rc : put_kept(s);
	rc = rc ? rc : db_commit(&s->db);
	if (rc != 0) {
		db_rollback(&s->db);
	}
	return rc;
}

int state_db_open(struct state_db *s, const char *path, enum state_db_mode mode,
	bool network, uint64_t identity)
{
	*s = (struct state_db){0};
	hashmap_init(&s->started);
	hashmap_init(&s->long_jobs);
	hashmap_init(&s->unfinished);
	strbuf_init(&s->inputs);
	arena_init(&s->rows);
	unsigned flags = mode == STATE_DB_WRITE   ? DB_CREATE | DB_WAL
			 : mode == STATE_DB_STILL ? DB_READONLY | DB_IMMUTABLE
						  : DB_READONLY;
	if (network) {
		flags |= DB_EXCLUSIVE;
	}
	if (db_open(&s->db, path, flags, statements, STATEMENTS) != 0) {
		return -1;
	}
	if (mode != STATE_DB_WRITE) {
		int64_t version = 0;
		db_busy_timeout(&s->db, 200);
		if (db_query_int(&s->db, "PRAGMA user_version", 0, &version) != 0) {
			return -1;
		}
		if (version == 0) { /* being made at this moment */
			s->db.fault = DB_FAULT_MISSING;
			return -1;
		}
		/* none is migrated to look at it */
		s->plain = version < FIRST_WITH_BLOBS;
		if (version > VERSION) {
			return db_migrate(&s->db, migrations, CW_ARRAY_LEN(migrations));
		}
	} else if (leave_plain(s) != 0 ||
		   db_migrate(&s->db, migrations, CW_ARRAY_LEN(migrations)) != 0) {
		return -1;
	}
	return read_meta(s, mode, identity);
}

static void forget_starts(struct state_db *s)
{
	vec_clear(&s->starts);
	if (s->started.count) {
		hashmap_release(&s->started);
		hashmap_init(&s->started);
	}
}

void state_db_close(struct state_db *s)
{
	hashmap_release(&s->started);
	hashmap_release(&s->long_jobs);
	hashmap_release(&s->unfinished);
	strbuf_release(&s->inputs);
	row_list_release(&s->files);
	row_list_release(&s->jobs);
	arena_release(&s->rows);
	vec_release(&s->starts);
	db_close(&s->db);
	s->in_transaction = false;
}

/* --- jobs with very many inputs ------------------------------------------------------- */

/* The pieces of a job's inputs go; none are left. */
static int drop_parts(struct state_db *s, uint32_t job)
{
	if (!is_long(s, job)) {
		return 0;
	}
	db_bind_int(&s->db, DROP_PARTS, 1, job);
	return db_run(&s->db, DROP_PARTS);
}

static int put_parts(struct state_db *s, uint32_t job, struct strview inputs)
{
	const size_t most = PART * sizeof(struct seen_input);
	int rc = 0;
	hashmap_set(&s->long_jobs, job, 0);
	for (int64_t part = 0; inputs.n && rc == 0; part++) {
		size_t n = inputs.n < most ? inputs.n : most;
		db_bind_int(&s->db, PUT_PART, 1, job);
		db_bind_int(&s->db, PUT_PART, 2, part);
		db_bind_blob(&s->db, PUT_PART, 3, inputs.p, n);
		rc = db_run(&s->db, PUT_PART);
		inputs = sv_skip(inputs, n);
	}
	return rc;
}

/* A job whose inputs are elsewhere, or are other than in its frame: without, or with these. */
static void keep_job(struct state_db *s, const struct row_job *job, struct strview inputs)
{
	union any_row row = {.job = *job};
	row.job.inputs = inputs;
	keep_bytes(s, ROW_JOB, &row);
}

/* `at`: its bytes. */
static int put_job(struct state_db *s, const struct row_job *job, const char *at)
{
	int rc = drop_parts(s, job->id);
	if (row_input_count(job) <= PART) {
		row_list_add(&s->jobs, job->id, at);
		return rc;
	}
	rc = rc ? rc : put_parts(s, job->id, job->inputs);
	keep_job(s, job, SV(""));
	return rc;
}

/* Changes one piece: by patches from number `i` on. How many of them there were, or -1. */
static int patch_part(struct state_db *s, const struct row_job *job, uint32_t i)
{
	uint32_t part = row_patch(job, i).at / PART, n = row_patch_count(job), k = i;
	db_bind_int(&s->db, ONE_PART, 1, job->id);
	db_bind_int(&s->db, ONE_PART, 2, part);
	int got = db_step(&s->db, ONE_PART);
	strbuf_reset(&s->inputs);
	if (got > 0) {
		strbuf_addsv(&s->inputs, db_column_blob(&s->db, ONE_PART, 0));
		db_reset(&s->db, ONE_PART);
	}
	for (; k < n && row_patch(job, k).at / PART == part; k++) {
		struct input_patch patch = row_patch(job, k);
		size_t at = patch.at % PART * sizeof(patch.now);
		if (at + sizeof(patch.now) <= s->inputs.len) {
			memcpy(s->inputs.buf + at, &patch.now, sizeof(patch.now));
		}
	}
	db_bind_blob(&s->db, SET_PART, 1, s->inputs.buf, s->inputs.len);
	db_bind_int(&s->db, SET_PART, 2, job->id);
	db_bind_int(&s->db, SET_PART, 3, part);
	return got < 0 || db_run(&s->db, SET_PART) != 0 ? -1 : (int)(k - i);
}

/* The same of a job whose inputs are in one piece: few, or written by an earlier version. */
static int patch_row(struct state_db *s, const struct row_job *job)
{
	struct strbuf inputs = STRBUF_INIT;
	if (put_kept(s) != 0) {
		return -1;
	}
	db_bind_int(&s->db, ONE_JOB, 1, job->id);
	int got = db_step(&s->db, ONE_JOB);
	if (got > 0) {
		union any_row old;
		if (row_read(&s->db, ONE_JOB, &table_job, &old) != 0) {
			got = -1;
		} else {
			strbuf_addsv(&inputs, old.job.inputs);
		}
		db_reset(&s->db, ONE_JOB);
	}
	for (uint32_t i = 0; i < row_patch_count(job); i++) {
		struct input_patch patch = row_patch(job, i);
		size_t at = patch.at * sizeof(patch.now);
		if (at + sizeof(patch.now) <= inputs.len) {
			memcpy(inputs.buf + at, &patch.now, sizeof(patch.now));
		}
	}
	struct row_job row = *job;
	row.inputs = strbuf_sv(&inputs);
	if (got > 0 && row_input_count(&row) > PART) {
		got = put_parts(s, job->id, row.inputs) == 0 ? 1 : -1;
		row.inputs = SV("");
	}
	if (got > 0) { /* it needs one to go on from */
		keep_job(s, &row, row.inputs);
	}
	strbuf_release(&inputs);
	return got < 0 ? -1 : 0;
}

static int put_again(struct state_db *s, const struct row_job *job)
{
	if (!is_long(s, job->id)) {
		return patch_row(s, job);
	}
	for (uint32_t i = 0; i < row_patch_count(job);) {
		int n = patch_part(s, job, i);
		if (n < 0) {
			return -1;
		}
		i += (uint32_t)n;
	}
	keep_job(s, job, SV(""));
	return 0;
}

/* --- rows of all kinds ---------------------------------------------------------------- */

/* A job started: kept aside, since it mostly ends before the transaction does. */
static void note_start(struct state_db *s, const struct row_start *row)
{
	uint32_t before = hashmap_set(&s->started, row->job, (uint32_t)s->starts.n);
	if (before != HASHMAP_NONE) {
		s->starts.v[before].job = STATE_NONE;
	}
	vec_push(&s->starts, *row);
}

/* A job ended. */
static int note_end(struct state_db *s, uint32_t job)
{
	uint32_t at = hashmap_get(&s->started, job);
	if (at != HASHMAP_NONE) {
		s->starts.v[at].job = STATE_NONE;
	}
	if (hashmap_get(&s->unfinished, job) != 1) {
		return 0;
	}
	hashmap_set(&s->unfinished, job, 0);
	db_bind_int(&s->db, DROP_START, 1, job);
	return db_run(&s->db, DROP_START);
}

/* `at`: the row's bytes. */
static int apply_row(
	struct state_db *s, enum row_kind kind, const union any_row *row, const char *at)
{
	int rc;
	switch (kind) {
	case ROW_RUN:
		return row_put(&s->db, PUT_RUN, kind, row);
	case ROW_FILE:
		row_list_add(&s->files, row->file.id, at);
		return 0;
	case ROW_JOB:
		return put_job(s, &row->job, at) | note_end(s, row->job.id);
	case ROW_AGAIN:
		return put_again(s, &row->job) | note_end(s, row->job.id);
	case ROW_START:
		note_start(s, &row->start);
		return 0;
	case ROW_DROP:
		return note_end(s, row->drop.job);
	case ROW_FORGET_FILE:
		rc = put_kept(s);
		rc = rc ? rc : row_put(&s->db, FORGET_FILE, kind, row);
		row_list_forget(&s->files);
		return rc;
	case ROW_FORGET_JOB:
		rc = put_kept(s);
		rc = rc ? rc : drop_parts(s, row->forget.id);
		rc = rc ? rc : row_put(&s->db, FORGET_JOB, kind, row);
		row_list_forget(&s->jobs);
		return rc;
	case ROW_SEAL:
	case ROW_KINDS:
		break;
	}
	return 0;
}

/* Puts the rows of one frame into the present transaction, beginning one. The bytes are
 * borrowed until its end. */
static int state_db_apply(struct state_db *s, uint64_t number, struct strview payload)
{
	const char *end = payload.p + payload.n;
	enum row_kind kind;
	union any_row row;
	int got;
	if (!s->in_transaction) {
		if (db_begin(&s->db) != 0) {
			return -1;
		}
		s->in_transaction = true;
	}
	do {
		const char *at = payload.p;
		uint32_t id, inputs;
		if (row_pass(&payload, &kind, &id, &inputs) &&
			inputs <= PART * sizeof(struct seen_input) &&
			(kind == ROW_FILE || !is_long(s, id))) {
			row_list_add(kind == ROW_FILE ? &s->files : &s->jobs, id, at);
			got = kind == ROW_FILE || note_end(s, id) == 0 ? 1 : -1;
			continue;
		}
		payload = (struct strview){at, (size_t)(end - at)};
		got = row_decode(&payload, &kind, &row);
		if (got > 0 && apply_row(s, kind, &row, at) != 0) {
			return -1;
		}
	} while (got > 0);
	s->applied = number;
	return got;
}

int state_db_apply_frames(struct state_db *s, struct strview bytes, uint32_t *ret_count)
{
	struct frame f;
	*ret_count = 0;
	while (journal_next(&bytes, &f)) {
		if (f.identity == s->identity && f.number == s->applied + 1) {
			if (state_db_apply(s, f.number, f.payload) != 0) {
				return -1;
			}
			++*ret_count;
		}
	}
	return 0;
}

int state_db_commit(struct state_db *s)
{
	int rc = 0;
	if (!s->in_transaction) {
		return 0;
	}
	rc = put_kept(s);
	for (size_t i = 0; i < s->starts.n && rc == 0; i++) {
		if (s->starts.v[i].job != STATE_NONE) {
			rc = row_put(&s->db, PUT_START, ROW_START, &s->starts.v[i]);
			hashmap_set(&s->unfinished, s->starts.v[i].job, 1);
		}
	}
	if (rc == 0) {
		db_bind_int(&s->db, SET_APPLIED, 1, (int64_t)s->applied);
		rc = db_run(&s->db, SET_APPLIED);
	}
	if (rc == 0) {
		rc = db_commit(&s->db);
	}
	s->in_transaction = rc != 0;
	if (rc == 0) {
		forget_starts(s);
	}
	return rc;
}

int state_db_forget_runs(struct state_db *s, uint32_t most)
{
	int64_t count;
	char sql[160];
	if (db_query_int(&s->db, "SELECT count(*) FROM run", 0, &count) != 0) {
		return -1;
	}
	if (count <= (int64_t)most * 2) {
		return 0;
	}
	snprintf(sql, sizeof(sql),
		"DELETE FROM run WHERE id <= (SELECT max(id) FROM run) - %u AND id NOT IN "
		"(SELECT run FROM job)",
		(unsigned)most);
	return db_exec(&s->db, sql);
}

int state_db_checkpoint(struct state_db *s)
{
	/* rows that are still being looked at hold the tables */
	db_reset(&s->db, ONE_JOB);
	db_reset(&s->db, ONE_RUN);
	db_reset(&s->db, ONE_FILE);
	return db_exec(&s->db, "PRAGMA wal_checkpoint(PASSIVE)");
}

int state_db_scan(struct state_db *s,
	void (*put)(void *ctx, enum row_kind kind, const union any_row *row), void *ctx)
{
	int rc = scan(s, ALL_RUNS, &table_run, put, ctx);
	rc = rc ? rc : scan(s, ALL_FILES, file_table(s), put, ctx);
	rc = rc ? rc
		: scan(s, s->plain ? ALL_JOBS_PLAIN : ALL_JOBS, job_table(s), put, ctx);
	return rc ? rc : scan(s, ALL_STARTS, &table_start, put, ctx);
}

int state_db_scan_starts(struct state_db *s,
	void (*put)(void *ctx, enum row_kind kind, const union any_row *row), void *ctx)
{
	return scan(s, ALL_STARTS, &table_start, put, ctx);
}

/* One row by its id, left open: reset at the next call. */
static int one_row(struct state_db *s, enum statement query, const struct row_table *t,
	uint32_t id, union any_row *row)
{
	db_reset(&s->db, query);
	db_bind_int(&s->db, query, 1, id);
	int got = db_step(&s->db, query);
	if (got > 0) {
		got = row_read(&s->db, query, t, row) == 0 ? got : -1;
	}
	return got;
}

int state_db_job(struct state_db *s, uint32_t id, struct row_job *ret)
{
	union any_row row;
	int got = one_row(s, ONE_JOB, job_table(s), id, &row);
	if (got > 0 && read_parts(s, &row.job) != 0) {
		return -1;
	}
	if (got > 0) {
		*ret = row.job;
	}
	return got;
}

int state_db_run(struct state_db *s, uint32_t id, struct row_run *ret)
{
	union any_row row;
	int got = one_row(s, ONE_RUN, &table_run, id, &row);
	if (got > 0) {
		*ret = row.run;
	}
	return got;
}

int state_db_file(struct state_db *s, uint32_t id, struct row_file *ret)
{
	union any_row row;
	int got = one_row(s, ONE_FILE, file_table(s), id, &row);
	if (got > 0) {
		*ret = row.file;
	}
	return got;
}

int state_db_each_job(
	struct state_db *s, void (*put)(void *ctx, const struct row_job *job), void *ctx)
{
	int got;
	while ((got = db_step(&s->db, EACH_JOB)) > 0) {
		union any_row row;
		if (row_read(&s->db, EACH_JOB, job_table(s), &row) != 0 ||
			read_parts(s, &row.job) != 0) {
			db_reset(&s->db, EACH_JOB);
			return -1;
		}
		put(ctx, &row.job);
	}
	return got;
}
