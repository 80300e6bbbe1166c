/* What is remembered: rows, the journal, recovery after a kill, damage, later versions. */
#include "state/state.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/intern.h"
#include "sys/fs.h"

static char dir[64];
static bool as_network;

struct world {
	struct intern names;
	struct state state;
	struct strbuf note;
};

static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/cw-test-state-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	return fs_remove_tree(AT_FDCWD, dir);
}

static uint32_t number_of(void *ctx, struct strview path)
{
	return intern_put(ctx, path.p, path.n);
}

static struct strview path_of(void *ctx, uint32_t number)
{
	return intern_str(ctx, number);
}

static bool is_path_of(void *ctx, uint32_t number, struct strview path)
{
	return sv_eq(intern_str(ctx, number), path);
}

static uint32_t count_of(void *ctx)
{
	return ((struct intern *)ctx)->count;
}

static int open_world(struct world *w, enum state_mode mode)
{
	struct state_names names = {.number = number_of,
		.path = path_of,
		.ctx = &w->names,
		.is = is_path_of,
		.count = count_of,
		.as_network = as_network};
	intern_init(&w->names);
	/* some names that are always there, as those of a workflow are */
	intern_put(&w->names, "elsewhere", 9);
	intern_put(&w->names, "in/0", 4);
	intern_put(&w->names, "out/0", 5);
	strbuf_init(&w->note);
	return state_open(&w->state, dir, mode, &names, &w->note);
}

static int close_world(struct world *w)
{
	int rc = state_close(&w->state, &w->note);
	intern_release(&w->names);
	strbuf_release(&w->note);
	return rc;
}

/* A job number `i` that made out/i from in/i. */
static void start_job(struct world *w, uint32_t id, uint32_t i)
{
	char paths[64];
	int n = snprintf(paths, sizeof(paths), "out/%u", (unsigned)i);
	state_put_start(&w->state, &(struct row_start){id, 1, 5, {paths, (size_t)n + 1}});
	assert_int_equal(state_commit(&w->state), 0);
}

static void end_job(struct world *w, uint32_t id, uint32_t i)
{
	char in[32], out[32];
	int n = snprintf(in, sizeof(in), "in/%u", (unsigned)i);
	int m = snprintf(out, sizeof(out), "out/%u", (unsigned)i);
	uint32_t in_file = state_file_id(&w->state, intern_put(&w->names, in, (size_t)n));
	uint32_t out_file =
		state_file_id(&w->state, intern_put(&w->names, out, (size_t)m));
	struct known_file f = {{i, 10}, 1, i, {{i, 1}, CONTENT_BYTES}, STATE_NONE};
	state_put_file(&w->state, in_file, &f);
	f.job = id;
	f.content.digest.lo = 2;
	state_put_file(&w->state, out_file, &f);
	struct seen_input seen = {in_file, CONTENT_BYTES, {i, 1}};
	struct row_job job = {.id = id,
		.run = 1,
		.version = 1,
		.code = i,
		.inputs = {(const char *)&seen, sizeof(seen)},
		.outputs = {(const char *)&out_file, sizeof(out_file)},
		.rule = SV("make"),
		.wildcards = SV("i=\"x\""),
		.seconds = 0.5,
		.max_rss_kb = 1000,
		.command = SV("make it\nso")};
	state_put_job(&w->state, &job);
	assert_int_equal(state_commit(&w->state), 0);
}

static void put_run(struct world *w)
{
	struct row_run run = {
		.id = w->state.last_run + 1, .host = SV("here"), .dirty = -1};
	state_put_run(&w->state, &run);
	assert_int_equal(state_commit(&w->state), 0);
}

static void assert_job(struct world *w, uint32_t i)
{
	char out[32];
	int n = snprintf(out, sizeof(out), "out/%u", (unsigned)i);
	uint32_t file = state_file_of(&w->state, intern_find(&w->names, out, (size_t)n));
	assert_int_not_equal(file, STATE_NONE);
	uint32_t id = w->state.files.v[file].job;
	const struct known_job *job = &w->state.jobs.v[id];
	assert_int_equal(job->run, 1);
	assert_int_equal(job->code, i);
	assert_int_equal(job->input_count, 1);
	assert_int_equal(w->state.inputs.v[job->inputs].digest.hi, i);
	assert_int_equal(w->state.outputs.v[job->outputs], file);
	struct row_job row;
	assert_int_equal(state_job(&w->state, id, &row), 1);
	assert_true(sv_eq_str(row.command, "make it\nso"));
	assert_true(sv_eq_str(row.wildcards, "i=\"x\""));
}

static void test_nothing_there(void **state)
{
	struct world w;
	(void)state;
	assert_int_equal(open_world(&w, STATE_LOOK), 0);
	assert_false(w.state.found);
	assert_int_equal(w.note.len, 0);
	assert_int_equal(close_world(&w), 0);
	assert_int_equal(open_world(&w, STATE_RUN), 0);
	assert_int_equal(close_world(&w), 0);
	/* a run that records nothing makes no database */
	strbuf_init(&w.note);
	strbuf_addf(&w.note, "%s/state.db", dir);
	assert_false(fs_exists(w.note.buf));
	strbuf_release(&w.note);
}

static void test_records_come_back(void **state)
{
	struct world w;
	(void)state;
	assert_int_equal(open_world(&w, STATE_RUN), 0);
	put_run(&w);
	for (uint32_t i = 0; i < 1000; i++) {
		uint32_t id = state_new_job(&w.state);
		start_job(&w, id, i);
		end_job(&w, id, i);
	}
	start_job(&w, state_new_job(&w.state), 2000);
	assert_int_equal(close_world(&w), 0);
	for (int mode = 0; mode < 2; mode++) {
		assert_int_equal(open_world(&w, mode ? STATE_RUN : STATE_LOOK), 0);
		assert_true(w.state.found);
		assert_int_equal(w.state.last_run, 1);
		assert_int_equal(w.state.jobs.n, 1001);
		assert_int_equal(w.state.unfinished.n, 1);
		assert_job(&w, 0);
		assert_job(&w, 999);
		assert_int_equal(close_world(&w), 0);
	}
}

/* In a process of its own that dies without a word: `jobs` jobs end, one does not. */
static void die_after(uint32_t jobs, bool wait)
{
	pid_t pid = fork();
	if (pid == 0) {
		struct world w;
		open_world(&w, STATE_RUN);
		put_run(&w);
		for (uint32_t i = 0; i < jobs; i++) {
			uint32_t id = state_new_job(&w.state);
			start_job(&w, id, i);
			end_job(&w, id, i);
			if (wait && i % 50 == 0) {
				usleep(30000); /* so that the thread writes some */
			}
		}
		start_job(&w, state_new_job(&w.state), 5000);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_killed(void **state)
{
	struct world w;
	(void)state;
	for (int wait = 0; wait < 2; wait++) {
		die_after(300, wait);
		for (int mode = 0; mode < 3; mode++) {
			/* first looking, then as a run does, then looking again */
			assert_int_equal(
				open_world(&w, mode == 1 ? STATE_RUN : STATE_LOOK), 0);
			for (uint32_t i = 0; i < 300; i++) {
				assert_job(&w, i);
			}
			assert_int_equal(w.state.unfinished.n, 1);
			assert_int_equal(close_world(&w), 0);
		}
		teardown(state);
		setup(state);
	}
}

/* Killed while the database was being made: the journal has it all. */
static void test_half_made_database(void **state)
{
	static const char *const steps[] = {"PRAGMA user_version=0",
		"CREATE TABLE meta(id INTEGER PRIMARY KEY CHECK(id = 0), identity INTEGER NOT "
		"NULL, applied INTEGER NOT NULL) STRICT; CREATE TABLE unfinished(job INTEGER "
		"PRIMARY KEY, run INTEGER, start_ns INTEGER, paths BLOB) STRICT; PRAGMA "
		"user_version=1"};
	static const char *const ends[] = {"", "-wal", "-shm"};
	struct world w;
	struct db db;
	char path[96];
	(void)state;
	for (size_t i = 0; i < CW_ARRAY_LEN(steps); i++) {
		die_after(4, false);
		for (size_t k = 0; k < CW_ARRAY_LEN(ends); k++) {
			snprintf(path, sizeof(path), "%s/state.db%s", dir, ends[k]);
			unlink(path);
		}
		snprintf(path, sizeof(path), "%s/state.db", dir);
		assert_int_equal(db_open(&db, path, DB_CREATE, NULL, 0), 0);
		assert_int_equal(db_exec(&db, steps[i]), 0);
		db_close(&db);
		assert_int_equal(open_world(&w, STATE_LOOK), 0);
		assert_job(&w, 3);
		assert_int_equal(w.state.unfinished.n, 1);
		assert_int_equal(close_world(&w), 0);
		teardown(state);
		setup(state);
	}
}

static void test_torn_journal(void **state)
{
	struct world w;
	char path[96];
	(void)state;
	die_after(20, false);
	snprintf(path, sizeof(path), "%s/journal", dir);
	struct strbuf bytes = STRBUF_INIT;
	assert_int_equal(fs_read_file(path, SIZE_MAX / 2, &bytes), 0);
	struct strview rest = strbuf_sv(&bytes);
	struct frame f;
	while (journal_next(&rest, &f)) {
	}
	assert_int_equal(truncate(path, (off_t)(bytes.len - rest.n - 3)), 0);
	strbuf_release(&bytes);
	assert_int_equal(open_world(&w, STATE_RUN), 0);
	for (uint32_t i = 0; i < 20; i++) {
		assert_job(&w, i);
	}
	/* its frame was torn, unless the database had it by then */
	assert_true(w.state.unfinished.n <= 1);
	assert_int_equal(close_world(&w), 0);
}

/* Cut at every byte: the whole frames before the cut are read, and no more. */
static void test_frames(void **state)
{
	struct strbuf bytes = STRBUF_INIT;
	struct journal j = JOURNAL_INIT;
	char path[96];
	size_t ends[4] = {0};
	(void)state;
	snprintf(path, sizeof(path), "%s/journal", dir);
	int fd = journal_lock(path);
	assert_int_equal(journal_open(&j, fd, 77, 5, 0), 0);
	for (size_t i = 1; i < 4; i++) {
		assert_int_equal(journal_append(&j, sv_sub(SV("payload"), 0, 2 * i)), 0);
		ends[i] = j.size;
	}
	journal_close(&j);
	/* the empty frame at the beginning: of what was before */
	ends[0] = ends[1] - (ends[2] - ends[1]) + 2;
	assert_int_equal(fs_read_file(path, SIZE_MAX / 2, &bytes), 0);
	assert_int_equal(bytes.len, ends[3]);
	for (size_t n = 0; n <= bytes.len; n++) {
		struct strview rest = {bytes.buf, n};
		struct frame f;
		size_t got = 0;
		while (journal_next(&rest, &f)) {
			assert_int_equal(f.identity, 77);
			assert_int_equal(f.number, 5 + got);
			assert_int_equal(f.payload.n, 2 * got);
			got++;
		}
		size_t whole = 0;
		while (whole < 4 && n >= ends[whole]) {
			whole++;
		}
		assert_int_equal(got, whole);
	}
	strbuf_release(&bytes);
}

/* Every byte of the journal flipped in turn: some of the last frames are lost, nothing
 * else happens. */
static void test_damaged_journal(void **state)
{
	struct strbuf bytes = STRBUF_INIT;
	char path[96], db[96];
	struct world w;
	(void)state;
	die_after(3, false);
	snprintf(path, sizeof(path), "%s/journal", dir);
	snprintf(db, sizeof(db), "%s/state.db", dir);
	assert_int_equal(fs_read_file(path, SIZE_MAX / 2, &bytes), 0);
	for (size_t i = 0; i < bytes.len; i += 7) {
		bytes.buf[i] = (char)(bytes.buf[i] ^ 0x55);
		assert_int_equal(fs_write_atomic(path, bytes.buf, bytes.len, 0600), 0);
		unlink(db);
		assert_int_equal(open_world(&w, STATE_LOOK), 0);
		assert_int_equal(close_world(&w), 0);
		bytes.buf[i] = (char)(bytes.buf[i] ^ 0x55);
	}
	strbuf_release(&bytes);
}

static void test_database_gone_starts_kept(void **state)
{
	struct world w;
	char path[96];
	(void)state;
	die_after(5, true);
	snprintf(path, sizeof(path), "%s/state.db", dir);
	unlink(path);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(open_world(&w, STATE_RUN), 0);
		assert_int_equal(w.state.unfinished.n, 1);
		uint32_t file = w.state.unfinished_files.v[0];
		assert_true(sv_eq_str(intern_str(&w.names, file), "out/5000"));
		assert_int_equal(close_world(&w), 0);
	}
}

static void test_damaged_database(void **state)
{
	struct world w;
	char path[96];
	(void)state;
	snprintf(path, sizeof(path), "%s/state.db", dir);
	assert_int_equal(
		fs_write_atomic(path, "this is no database at all", 26, 0600), 0);
	assert_int_equal(open_world(&w, STATE_LOOK), 0);
	assert_non_null(strstr(w.note.buf, "nothing is known"));
	assert_int_equal(close_world(&w), 0);
	assert_int_equal(open_world(&w, STATE_RUN), 0);
	assert_non_null(strstr(w.note.buf, "moved to"));
	put_run(&w);
	end_job(&w, state_new_job(&w.state), 7);
	assert_int_equal(close_world(&w), 0);
	assert_int_equal(open_world(&w, STATE_LOOK), 0);
	assert_job(&w, 7);
	assert_int_equal(close_world(&w), 0);
}

static void test_later_version(void **state)
{
	struct world w;
	struct db db;
	char path[96];
	(void)state;
	snprintf(path, sizeof(path), "%s/state.db", dir);
	assert_int_equal(db_open(&db, path, DB_CREATE, NULL, 0), 0);
	assert_int_equal(db_exec(&db, "PRAGMA user_version=12345"), 0);
	db_close(&db);
	for (int mode = 0; mode < 2; mode++) {
		assert_int_equal(open_world(&w, mode ? STATE_RUN : STATE_LOOK), -1);
		assert_non_null(strstr(w.note.buf, "later version"));
		close_world(&w);
	}
}

/* A second writer in the folder keeps out. */
static void test_two_writers(void **state)
{
	struct world one, two;
	(void)state;
	assert_int_equal(open_world(&one, STATE_RUN), 0);
	put_run(&one);
	end_job(&one, state_new_job(&one.state), 1);
	assert_int_equal(open_world(&two, STATE_RUN), 0);
	assert_int_equal(two.state.mode, STATE_LOOK);
	assert_non_null(strstr(two.note.buf, "another run"));
	assert_int_equal(close_world(&two), 0);
	assert_int_equal(close_world(&one), 0);
	assert_int_equal(open_world(&one, STATE_LOOK), 0);
	assert_job(&one, 1);
	assert_int_equal(close_world(&one), 0);
}

static void test_dropped_starts(void **state)
{
	struct world w;
	(void)state;
	assert_int_equal(open_world(&w, STATE_RUN), 0);
	put_run(&w);
	uint32_t id = state_new_job(&w.state);
	start_job(&w, id, 1);
	state_put_drop(&w.state, id);
	assert_int_equal(state_commit(&w.state), 0);
	assert_int_equal(close_world(&w), 0);
	assert_int_equal(open_world(&w, STATE_RUN), 0);
	assert_int_equal(w.state.unfinished.n, 0);
	start_job(&w, 0, 1);
	assert_int_equal(close_world(&w), 0);
	/* unfinished in the database, ended by a later run */
	assert_int_equal(open_world(&w, STATE_RUN), 0);
	assert_int_equal(w.state.unfinished.n, 1);
	end_job(&w, 0, 1);
	assert_int_equal(close_world(&w), 0);
	assert_int_equal(open_world(&w, STATE_LOOK), 0);
	assert_int_equal(w.state.unfinished.n, 0);
	assert_job(&w, 1);
	assert_int_equal(close_world(&w), 0);
}

/* The journal cannot be written: said once, and it stays so. */
static void test_full_disk(void **state)
{
	struct world w;
	(void)state;
	assert_int_equal(open_world(&w, STATE_RUN), 0);
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	if (full < 0) {
		skip();
	}
	assert_true(dup3(full, w.state.journal.fd, O_CLOEXEC) >= 0);
	close(full);
	struct row_run run = {.id = 1};
	state_put_run(&w.state, &run);
	assert_int_equal(state_commit(&w.state), -1);
	assert_int_not_equal(w.state.broken, 0);
	assert_int_equal(state_commit(&w.state), -1);
	assert_int_equal(close_world(&w), -1);
}

static void in_dir_of(char path[96], const char *name)
{
	snprintf(path, 96, "%s/%s", dir, name);
}

/* Run `run` makes `count` jobs more. */
static void one_run(uint32_t run, uint32_t from, uint32_t count)
{
	struct world w;
	assert_int_equal(open_world(&w, STATE_RUN), 0);
	assert_int_equal(w.state.last_run, run - 1);
	struct row_run row = {.id = run, .host = SV("here"), .dirty = -1};
	state_put_run(&w.state, &row);
	for (uint32_t i = from; i < from + count; i++) {
		uint32_t id = state_new_job(&w.state);
		start_job(&w, id, i);
		end_job(&w, id, i);
	}
	row.end_ns = 7;
	state_put_run(&w.state, &row);
	assert_int_equal(state_commit(&w.state), 0);
	assert_int_equal(close_world(&w), 0);
}

/* All jobs up to `count`, for a run and for who looks. */
static void assert_jobs(uint32_t count, bool without_database)
{
	struct world w;
	for (int mode = 0; mode < 2; mode++) {
		assert_int_equal(open_world(&w, mode ? STATE_RUN : STATE_LOOK), 0);
		assert_int_equal(w.note.len, 0);
		assert_true(w.state.found);
		assert_int_equal(w.state.jobs.n, count);
		assert_false(w.state.was_killed);
		if (without_database) {
			assert_false(w.state.db_open);
		}
		for (uint32_t i = 0; i < count; i++) {
			assert_job(&w, i);
		}
		assert_int_equal(close_world(&w), 0);
	}
}

/* A finished tree is read without the database, also after small runs that the snapshot
 * has not. */
static void test_snapshot(void **state)
{
	struct stat first, later;
	char path[96];
	(void)state;
	in_dir_of(path, "snapshot");
	one_run(1, 0, 300);
	assert_int_equal(stat(path, &first), 0);
	assert_jobs(300, true);
	one_run(2, 300, 3);
	assert_int_equal(stat(path, &later), 0);
	assert_int_equal(first.st_ino, later.st_ino);
	assert_jobs(303, true);
	one_run(3, 303, 2000);
	assert_int_equal(stat(path, &later), 0);
	assert_int_not_equal(first.st_size, later.st_size);
	assert_jobs(2303, true);
}

/* Any byte of it may be another: then the database counts. */
static void test_damaged_snapshot(void **state)
{
	struct strbuf bytes = STRBUF_INIT;
	char path[96];
	struct world w;
	(void)state;
	one_run(1, 0, 20);
	in_dir_of(path, "snapshot");
	assert_int_equal(fs_read_file(path, SIZE_MAX / 2, &bytes), 0);
	for (size_t i = 0; i < bytes.len; i += i < 300 ? 1 : 97) {
		bytes.buf[i] = (char)(bytes.buf[i] ^ 0x55);
		assert_int_equal(fs_write_atomic(path, bytes.buf, bytes.len, 0600), 0);
		assert_int_equal(open_world(&w, STATE_LOOK), 0);
		assert_int_equal(w.state.jobs.n, 20);
		assert_job(&w, 19);
		assert_int_equal(close_world(&w), 0);
		bytes.buf[i] = (char)(bytes.buf[i] ^ 0x55);
	}
	for (size_t n = 0; n < bytes.len; n += 1000) {
		assert_int_equal(fs_write_atomic(path, bytes.buf, n, 0600), 0);
		assert_jobs(20, false);
	}
	strbuf_release(&bytes);
}

/* The snapshot counts for nothing beside a database that is not the one it was made of. */
static void test_snapshot_and_database(void **state)
{
	struct world w;
	char path[96];
	(void)state;
	one_run(1, 0, 20);
	in_dir_of(path, "state.db");
	/* another time, the same database */
	struct timespec times[2] = {{1, 0}, {1, 0}};
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	assert_jobs(20, false);
	assert_jobs(20, true);
	/* damaged inside */
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, "damage", 6, 0), 6);
	close(fd);
	assert_int_equal(open_world(&w, STATE_LOOK), 0);
	assert_non_null(strstr(w.note.buf, "nothing is known"));
	assert_int_equal(w.state.jobs.n, 0);
	assert_int_equal(close_world(&w), 0);
	/* gone */
	unlink(path);
	for (int mode = 0; mode < 2; mode++) {
		assert_int_equal(open_world(&w, mode ? STATE_RUN : STATE_LOOK), 0);
		assert_int_equal(w.state.jobs.n, 0);
		assert_int_equal(close_world(&w), 0);
	}
	one_run(1, 0, 5);
	assert_jobs(5, true);
}

/* The journal is gone, empty, or another one: the database has it all. */
static void test_snapshot_and_journal(void **state)
{
	char path[96];
	(void)state;
	in_dir_of(path, "journal");
	one_run(1, 0, 20);
	one_run(2, 20, 2);
	unlink(path);
	assert_jobs(22, false);
	assert_jobs(22, true);
	one_run(3, 22, 2);
	assert_int_equal(truncate(path, 0), 0);
	assert_jobs(24, false);
	one_run(4, 24, 2);
	assert_int_equal(fs_write_atomic(path, "\nCWJ not a frame", 16, 0600), 0);
	assert_jobs(26, false);
}

/* A run of another part of the workflow, which has no names for most files. */
static uint32_t few_numbers(void *ctx, struct strview path)
{
	return sv_eq_str(path, "out/3") || sv_eq_str(path, "in/3")
		       ? intern_put(ctx, path.p, path.n)
		       : intern_find(ctx, path.p, path.n);
}

static void test_strays(void **state)
{
	struct world w;
	(void)state;
	one_run(1, 0, 20);
	for (int pass = 0; pass < 3; pass++) {
		char path[96];
		struct state_names names = {.number = few_numbers,
			.path = path_of,
			.ctx = &w.names,
			.is = is_path_of,
			.count = count_of};
		intern_init(&w.names);
		strbuf_init(&w.note);
		assert_int_equal(
			state_open(&w.state, dir, STATE_RUN, &names, &w.note), 0);
		assert_job(&w, 3);
		end_job(&w, state_new_job(&w.state), 100 + (uint32_t)pass);
		assert_int_equal(close_world(&w), 0);
		in_dir_of(path, "snapshot");
		unlink(path); /* all is read and written anew by the next */
	}
	assert_int_equal(open_world(&w, STATE_RUN), 0);
	for (uint32_t i = 0; i < 20; i++) {
		assert_job(&w, i);
	}
	assert_job(&w, 102);
	assert_int_equal(close_world(&w), 0);
}

/* On a network file system: the run does not touch the database before it ends, and who
 * looks meanwhile sees all. */
static void test_network(void **state)
{
	struct stat before, now;
	char path[96];
	(void)state;
	in_dir_of(path, "state.db");
	for (uint32_t run = 1; run <= 3; run++) {
		struct world w, look;
		struct row_run row = {.id = run, .host = SV("here"), .dirty = -1};
		as_network = true;
		memset(&before, 0, sizeof(before));
		memset(&now, 0, sizeof(now));
		stat(path, &before);
		assert_int_equal(open_world(&w, STATE_RUN), 0);
		state_put_run(&w.state, &row);
		for (uint32_t i = run * 100; i < run * 100 + 100; i++) {
			uint32_t id = state_new_job(&w.state);
			start_job(&w, id, i);
			end_job(&w, id, i);
		}
		w.state.folded_ns = 1; /* long ago */
		start_job(&w, state_new_job(&w.state), 77);
		stat(path, &now);
		assert_int_equal(before.st_size, now.st_size);
		assert_int_equal(before.st_mtim.tv_nsec, now.st_mtim.tv_nsec);
		assert_int_equal(open_world(&look, STATE_LOOK), 0);
		assert_int_equal(look.note.len, 0);
		for (uint32_t i = 100; i < run * 100 + 100; i++) {
			assert_job(&look, i);
		}
		assert_int_equal(look.state.unfinished.n, 1);
		assert_int_equal(close_world(&look), 0);
		state_put_drop(&w.state, (uint32_t)w.state.jobs.n - 1);
		row.end_ns = 7;
		state_put_run(&w.state, &row);
		assert_int_equal(state_commit(&w.state), 0);
		assert_int_equal(close_world(&w), 0);
	}
	as_network = false;
	one_run(4, 400, 1);
}

/* A journal larger than what is read at a time. */
static void test_journal_in_pieces(void **state)
{
	struct journal j = JOURNAL_INIT;
	struct strbuf out = STRBUF_INIT, payload = STRBUF_INIT;
	char path[96];
	(void)state;
	in_dir_of(path, "journal");
	assert_int_equal(journal_open(&j, journal_lock(path), 77, 0, 0), 0);
	for (uint32_t i = 0; i < 300; i++) {
		strbuf_addch(&payload, 'x');
		assert_int_equal(journal_append(&j, strbuf_sv(&payload)), 0);
	}
	for (uint64_t most = 1; most < 2000; most += 333) {
		uint64_t from = 0, frames = 0;
		while (from < j.size) {
			struct frame f;
			strbuf_reset(&out);
			assert_int_equal(journal_read(&j, from, most, &out), 0);
			assert_true(out.len > 0);
			from += out.len;
			struct strview bytes = strbuf_sv(&out);
			while (journal_next(&bytes, &f)) {
				assert_int_equal(f.payload.n, frames);
				frames++;
			}
			assert_int_equal(bytes.n, 0);
		}
		assert_int_equal(frames, 301);
	}
	journal_close(&j);
	strbuf_release(&out);
	strbuf_release(&payload);
}

static bool never_made(void *ctx, struct strview path)
{
	(void)ctx;
	return sv_eq_str(path, "out/7");
}

static uint32_t only_known(void *ctx, struct strview path)
{
	return intern_find(ctx, path.p, path.n);
}

static void count_job(void *ctx, const struct row_job *job)
{
	(void)job;
	++*(uint32_t *)ctx;
}

/* A workflow that has become another: its records have `known` jobs, `all` with gaps. */
static void other_workflow(uint32_t run, uint32_t from, uint32_t count)
{
	struct state_names names = {.number = only_known,
		.path = path_of,
		.is = is_path_of,
		.count = count_of,
		.is_made = never_made};
	struct world w;
	names.ctx = &w.names;
	intern_init(&w.names);
	strbuf_init(&w.note);
	assert_int_equal(state_open(&w.state, dir, STATE_RUN, &names, &w.note), 0);
	struct row_run row = {.id = run, .host = SV("here"), .dirty = -1};
	state_put_run(&w.state, &row);
	for (uint32_t i = from; i < from + count; i++) {
		uint32_t id = state_new_job(&w.state);
		start_job(&w, id, i);
		end_job(&w, id, i);
	}
	row.end_ns = 7;
	state_put_run(&w.state, &row);
	assert_int_equal(state_commit(&w.state), 0);
	assert_int_equal(close_world(&w), 0);
}

static void assert_kept(uint32_t known, size_t all)
{
	struct world w;
	uint32_t n = 0;
	assert_int_equal(open_world(&w, STATE_LOOK), 0);
	assert_int_equal(w.state.jobs.n, all);
	assert_int_equal(state_each_job(&w.state, count_job, &n), 0);
	assert_int_equal(n, known);
	assert_int_equal(close_world(&w), 0);
}

/* What no rule makes any more, is not there and leads to nothing is forgotten; its ids are
 * used again. */
static void test_forgotten(void **state)
{
	struct world w;
	char path[96];
	(void)state;
	one_run(1, 0, 300);
	assert_kept(300, 300);
	other_workflow(2, 1000, 600);
	assert_kept(601, 900); /* out/7 might still be made */
	other_workflow(3, 2000, 299);
	assert_kept(900, 900);
	other_workflow(4, 3000, 1200);
	assert_kept(1201, 2100);
	/* the same without a snapshot */
	in_dir_of(path, "snapshot");
	unlink(path);
	other_workflow(5, 4000, 899);
	assert_kept(900, 2100);
	assert_int_equal(open_world(&w, STATE_LOOK), 0);
	assert_job(&w, 7);
	assert_job(&w, 4000);
	assert_job(&w, 4898);
	assert_int_equal(intern_find(&w.names, "out/1000", 8), INTERN_NONE);
	assert_int_equal(close_world(&w), 0);
}

/* What is unfinished stays so in a snapshot. */
static void test_unfinished_in_snapshot(void **state)
{
	struct world w;
	(void)state;
	one_run(1, 0, 3);
	die_after(3, false);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(open_world(&w, STATE_RUN), 0);
		assert_int_equal(w.state.unfinished.n, 1);
		assert_true(w.state.was_killed);
		uint32_t file = w.state.unfinished_files.v[w.state.unfinished.v[0].paths];
		assert_true(sv_eq_str(intern_str(&w.names, file), "out/5000"));
		assert_int_equal(close_world(&w), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing_there, setup, teardown),
		cmocka_unit_test_setup_teardown(test_records_come_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_killed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_half_made_database, setup, teardown),
		cmocka_unit_test_setup_teardown(test_torn_journal, setup, teardown),
		cmocka_unit_test_setup_teardown(test_frames, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damaged_journal, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_database_gone_starts_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damaged_database, setup, teardown),
		cmocka_unit_test_setup_teardown(test_later_version, setup, teardown),
		cmocka_unit_test_setup_teardown(test_two_writers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dropped_starts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full_disk, setup, teardown),
		cmocka_unit_test_setup_teardown(test_snapshot, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damaged_snapshot, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_snapshot_and_database, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_snapshot_and_journal, setup, teardown),
		cmocka_unit_test_setup_teardown(test_strays, setup, teardown),
		cmocka_unit_test_setup_teardown(test_network, setup, teardown),
		cmocka_unit_test_setup_teardown(test_journal_in_pieces, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forgotten, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_unfinished_in_snapshot, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
