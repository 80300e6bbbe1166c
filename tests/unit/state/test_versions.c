/* Databases of earlier versions, in which each field has a column of its own. */
#include "state_world.h"

static const char plain_tables[] =
	"CREATE TABLE meta(id INTEGER PRIMARY KEY CHECK(id = 0), identity INTEGER NOT NULL, "
	"applied INTEGER NOT NULL) STRICT;"
	"CREATE TABLE run(id INTEGER PRIMARY KEY, start_ns INTEGER, end_ns INTEGER, status "
	"INTEGER, engine TEXT, host TEXT, user TEXT, arguments TEXT, workflow TEXT, pid "
	"INTEGER, git_commit TEXT, git_remote TEXT, git_dirty INTEGER, modules TEXT) STRICT;"
	"CREATE TABLE file(id INTEGER PRIMARY KEY, path TEXT NOT NULL, size INTEGER, mtime_ns "
	"INTEGER, dev INTEGER, ino INTEGER, kind INTEGER, digest BLOB, job INTEGER) STRICT;"
	"CREATE TABLE job(id INTEGER PRIMARY KEY, run INTEGER, version INTEGER, rule_version "
	"INTEGER, code INTEGER, params INTEGER, software INTEGER, inputs BLOB, outputs BLOB, "
	"rule TEXT, wildcards TEXT, start_ns INTEGER, end_ns INTEGER, seconds REAL, user_s "
	"REAL, sys_s REAL, max_rss_kb INTEGER, attempt INTEGER, threads INTEGER, log TEXT, "
	"command TEXT, param_text TEXT) STRICT;"
	"CREATE TABLE unfinished(job INTEGER PRIMARY KEY, run INTEGER, start_ns INTEGER, "
	"paths BLOB) STRICT;"
	"INSERT INTO meta VALUES(0, 77, 12);"
	"INSERT INTO run VALUES(1, 0, 9, 0, '', 'here', '', '', '', 1, '', '', -1, '')";

static const char second_tables[] =
	"CREATE TABLE job_inputs(job INTEGER, part INTEGER, inputs BLOB, PRIMARY KEY(job, "
	"part)) STRICT; PRAGMA user_version=2";

enum { PUT_FILE, PUT_JOB };

static const char *const statements[] = {
	"INSERT INTO file VALUES(?, ?, ?, 10, 1, ?, 1, ?, ?)",
	"INSERT INTO job VALUES(?, 1, 1, 8, ?, 9, 10, ?, ?, 'make', 'i=\"x\"', 1, 2, 0.5, 0, "
	"0, 1000, 1, 1, '', 'make it' || char(10) || 'so', '')"};

static void put_file(struct db *db, uint32_t id, const char *path, uint32_t i,
	const struct digest *digest, uint32_t job)
{
	db_bind_int(db, PUT_FILE, 1, id);
	db_bind_text(db, PUT_FILE, 2, sv_from(path));
	db_bind_int(db, PUT_FILE, 3, i);
	db_bind_int(db, PUT_FILE, 4, i);
	db_bind_blob(db, PUT_FILE, 5, digest, sizeof(*digest));
	db_bind_int(db, PUT_FILE, 6, job);
	assert_int_equal(db_run(db, PUT_FILE), 0);
}

/* Jobs 1 to 9 but for the fifth, as end_job has them. */
static void make_plain(int version)
{
	struct db db;
	char path[96];
	snprintf(path, sizeof(path), "%s/state.db", dir);
	assert_int_equal(db_open(&db, path, DB_CREATE | DB_WAL, statements, 2), 0);
	assert_int_equal(db_exec(&db, plain_tables), 0);
	assert_int_equal(
		db_exec(&db, version == 2 ? second_tables : "PRAGMA user_version=1"), 0);
	for (uint32_t i = 1; i < 10; i++) {
		char in[32], out[32];
		uint32_t out_file = 2 * i + 1;
		struct digest digest = {i, 1};
		struct seen_input seen = {2 * i, CONTENT_BYTES, digest};
		if (i == 5) {
			continue;
		}
		snprintf(in, sizeof(in), "in/%u", (unsigned)i);
		snprintf(out, sizeof(out), "out/%u", (unsigned)i);
		put_file(&db, seen.file, in, i, &digest, STATE_NONE);
		digest.lo = 2;
		put_file(&db, out_file, out, i, &digest, i);
		db_bind_int(&db, PUT_JOB, 1, i);
		db_bind_int(&db, PUT_JOB, 2, i);
		db_bind_blob(&db, PUT_JOB, 3, &seen, sizeof(seen));
		db_bind_blob(&db, PUT_JOB, 4, &out_file, sizeof(out_file));
		assert_int_equal(db_run(&db, PUT_JOB), 0);
	}
	db_close(&db);
}

static void assert_world(enum state_mode mode, const struct world *w)
{
	assert_int_equal(w->note.len, 0);
	assert_int_equal(w->state.mode, mode);
	assert_true(w->state.found);
	assert_int_equal(w->state.last_run, 1);
}

static void check(int version)
{
	struct world w;
	make_plain(version);
	for (int turn = 0; turn < 3; turn++) {
		assert_int_equal(open_world(&w, STATE_LOOK), 0);
		assert_world(STATE_LOOK, &w);
		for (uint32_t i = 1; i < (turn < 2 ? 10 : 12); i++) {
			struct row_file file;
			if (i != 5) {
				assert_job(&w, i);
				assert_int_equal(state_file(&w.state, 2 * i, &file), 1);
				assert_int_equal(file.ino, i);
				assert_int_equal(file.content.digest.hi, i);
			}
		}
		assert_int_equal(close_world(&w), 0);
		if (turn == 2) {
			break;
		}
		/* the first run brings it up to now, the second adds to it */
		assert_int_equal(open_world(&w, STATE_RUN), 0);
		assert_world(STATE_RUN, &w);
		for (uint32_t i = 10; turn == 1 && i < 12; i++) {
			w.state.gaps = false;
			uint32_t id = state_new_job(&w.state);
			assert_int_equal(id, i);
			start_job(&w, id, i);
			end_job(&w, id, i);
		}
		assert_int_equal(close_world(&w), 0);
	}
}

static void test_first(void **state)
{
	(void)state;
	check(1);
}

static void test_second(void **state)
{
	(void)state;
	check(2);
}

/* A blob that is cut off is damage, and said. */
static void test_cut_blob(void **state)
{
	struct world w;
	struct db db;
	char path[96];
	(void)state;
	assert_int_equal(open_world(&w, STATE_RUN), 0);
	put_run(&w);
	end_job(&w, state_new_job(&w.state), 1);
	assert_int_equal(close_world(&w), 0);
	snprintf(path, sizeof(path), "%s/state.db", dir);
	assert_int_equal(db_open(&db, path, 0, NULL, 0), 0);
	assert_int_equal(
		db_exec(&db, "UPDATE job SET made_from=substr(made_from, 1, 50)"), 0);
	db_close(&db);
	assert_int_equal(open_world(&w, STATE_LOOK), 0);
	assert_non_null(strstr(w.note.buf, "a record is not whole"));
	assert_false(w.state.found);
	assert_int_equal(close_world(&w), 0);
	assert_int_equal(open_world(&w, STATE_RUN), 0);
	assert_non_null(strstr(w.note.buf, "damaged"));
	assert_false(w.state.found);
	assert_int_equal(close_world(&w), 0);
}

/* Rows find their keys, in whatever order they come. */
static void test_keys(void **state)
{
	static const uint32_t ids[][8] = {{3, 4, 5, 7, 8, 6, 9, 2},
		{0, 1, 9, 10, 11, 10, 12, 1}, {20, 21, 22, 23, 24, 25, 26, 27}};
	struct row_list list = {0};
	struct db db;
	(void)state;
	static const char *const put[] = {"INSERT OR REPLACE INTO file VALUES(?,?,?)"};
	assert_int_equal(db_open(&db, ":memory:", DB_CREATE, put, 1), 0);
	assert_int_equal(
		db_exec(&db,
			"CREATE TABLE file(id INTEGER PRIMARY KEY, path TEXT, state BLOB)"),
		0);
	for (size_t turn = 0; turn < CW_ARRAY_LEN(ids); turn++) {
		struct strbuf bytes[8];
		for (size_t i = 0; i < 8; i++) {
			char name[32];
			int n = snprintf(
				name, sizeof(name), "%u", (unsigned)ids[turn][i]);
			struct row_file row = {.id = ids[turn][i],
				.path = {name, (size_t)n},
				.job = (uint32_t)turn};
			strbuf_init(&bytes[i]);
			row_encode(ROW_FILE, &row, &bytes[i]);
			row_list_add(&list, row.id, bytes[i].buf);
		}
		assert_int_equal(row_list_flush(&list, &db, &table_file, 0), 0);
		for (size_t i = 0; i < 8; i++) {
			strbuf_release(&bytes[i]);
		}
		/* the last go: the next ones follow others */
		assert_int_equal(db_exec(&db, "DELETE FROM file WHERE id=12"), 0);
		row_list_forget(&list);
	}
	int64_t n;
	assert_int_equal(
		db_query_int(&db,
			"SELECT count(*) FROM file WHERE CAST(id AS TEXT) = path", -1,
			&n),
		0);
	assert_int_equal(n, 20);
	row_list_release(&list);
	db_close(&db);
}

/* Rows are passed over as they are decoded; cut ones are not passed over. */
static void test_pass(void **state)
{
	static char text[1000];
	struct row_file file = {.id = 7, .path = {text, 300}};
	struct row_job job = {.id = 9,
		.inputs = {text, 48},
		.outputs = {text, 4},
		.rule = {text, 255},
		.wildcards = {text, 256},
		.log = {text, 257},
		.command = {text, 999},
		.param_text = {text, 0}};
	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		struct strbuf bytes = STRBUF_INIT;
		enum row_kind kind = turn ? ROW_JOB : ROW_FILE, got;
		union any_row row;
		uint32_t id, inputs;
		row_encode(kind, turn ? (void *)&job : (void *)&file, &bytes);
		for (size_t n = 0; n <= bytes.len; n++) {
			struct strview a = {bytes.buf, n}, b = a;
			bool whole = n == bytes.len;
			assert_int_equal(row_pass(&a, &got, &id, &inputs), whole);
			assert_int_equal(row_decode(&b, &got, &row) > 0, whole);
			if (whole) {
				assert_int_equal(a.n, 0);
				assert_int_equal(got, kind);
				assert_int_equal(id, turn ? 9 : 7);
				assert_int_equal(inputs, turn ? 48 : 0);
				assert_int_equal(b.n, 0);
			}
		}
		strbuf_release(&bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_first, setup, teardown),
		cmocka_unit_test_setup_teardown(test_second, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cut_blob, setup, teardown),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_pass),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
