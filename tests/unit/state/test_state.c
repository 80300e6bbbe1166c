/* What is remembered: rows, the journal, recovery after a kill, damage, later versions. */
#include "state_world.h"

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
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
