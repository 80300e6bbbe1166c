#include "db/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#include "db/db_feed.h"

enum { S_INSERT, S_SELECT, S_BROKEN, S_COUNT };

static const char *const statements[S_COUNT] = {
	[S_INSERT] = "INSERT INTO t(a, b, c, d) VALUES(?, ?, ?, ?)",
	[S_SELECT] = "SELECT a, b, c, d FROM t ORDER BY a",
	[S_BROKEN] = "SELECT x FROM nowhere",
};

static const struct db_migration steps[] = {
	{1, "first table", "CREATE TABLE t(a INTEGER UNIQUE, b REAL, c TEXT)"},
	{2, "bytes too", "ALTER TABLE t ADD COLUMN d BLOB"},
};

static char path[64];

static int setup(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/cw-test-db-%d %%?#.db", (int)getpid());
	unlink(path);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static void open_migrated(struct db *db, unsigned flags)
{
	assert_int_equal(db_open(db, path, DB_CREATE | flags, statements, S_COUNT), 0);
	assert_int_equal(db_migrate(db, steps, 2), 0);
}

static void insert(struct db *db, int64_t a)
{
	db_bind_int(db, S_INSERT, 1, a);
	db_bind_double(db, S_INSERT, 2, 0.1);
	db_bind_text(db, S_INSERT, 3, SV("it's\n\"x\""));
	db_bind_blob(db, S_INSERT, 4, "a\0b", 3);
	assert_int_equal(db_run(db, S_INSERT), 0);
}

/* Rows k: k + 1, k / 10, "k" (NULL for each third), two bytes. */
struct feed_state {
	int64_t k;
	char text[24];
};

static void next_row(void *state, struct db_cell *ret)
{
	struct feed_state *f = state;

	snprintf(f->text, sizeof(f->text), "%lld", (long long)f->k);
	ret[0] = db_cell_int(f->k + 1);
	ret[1] = db_cell_double((double)f->k / 10);
	ret[2] = db_cell_text(f->k % 3 ? sv_from(f->text) : (struct strview){0});
	ret[3] = db_cell_blob((struct strview){"\0\1", 2});
	f->k++;
}

static void test_feed(void **state)
{
	struct feed_state f = {0};
	struct db_feed feed = {
		.into = "t", .columns = 4, .rows = 1000, .next = next_row, .state = &f};
	struct db db;
	int64_t n;
	(void)state;

	open_migrated(&db, 0);
	assert_int_equal(db_feed(&db, &feed), 0);
	assert_int_equal(f.k, 1000);
	assert_int_equal(db_query_int(&db,
				 "SELECT count(*) FROM t WHERE b = (a - 1) / 10.0 AND"
				 " d = x'0001' AND c IS CASE WHEN (a - 1) % 3 THEN"
				 " CAST(a - 1 AS TEXT) END",
				 -1, &n),
		0);
	assert_int_equal(n, 1000);
	/* No rows; other columns; a second feed; a fault names what is wrong. */
	feed.rows = 0;
	assert_int_equal(db_feed(&db, &feed), 0);
	assert_int_equal(db_exec(&db, "CREATE TABLE one(a INTEGER PRIMARY KEY)"), 0);
	f.k = 5;
	feed = (struct db_feed){
		.into = "one", .columns = 1, .rows = 2, .next = next_row, .state = &f};
	assert_int_equal(db_feed(&db, &feed), 0);
	assert_int_equal(db_query_int(&db, "SELECT sum(a) FROM one", -1, &n), 0);
	assert_int_equal(n, 13);
	f.k = 6;
	assert_int_equal(db_feed(&db, &feed), -1);
	assert_non_null(strstr(db_error(&db), "UNIQUE"));
	db_close(&db);
}

static void test_values_come_back(void **state)
{
	struct db db;
	(void)state;

	open_migrated(&db, DB_WAL);
	assert_int_equal(db_begin(&db), 0);
	insert(&db, INT64_MAX);
	assert_int_equal(db_commit(&db), 0);
	assert_int_equal(db_step(&db, S_SELECT), 1);
	assert_true(db_column_int(&db, S_SELECT, 0) == INT64_MAX);
	assert_true(db_column_double(&db, S_SELECT, 1) == 0.1);
	assert_true(sv_eq_str(db_column_text(&db, S_SELECT, 2), "it's\n\"x\""));
	assert_true(sv_eq(db_column_blob(&db, S_SELECT, 3), SV("a\0b")));
	assert_int_equal(db_step(&db, S_SELECT), 0);
	db_close(&db);
}

static void test_nulls_and_rollback(void **state)
{
	struct db db;
	int64_t n;
	(void)state;

	open_migrated(&db, 0);
	db_begin(&db);
	db_bind_int(&db, S_INSERT, 1, 1);
	db_bind_null(&db, S_INSERT, 2);
	db_bind_text(&db, S_INSERT, 3, (struct strview){NULL, 0});
	db_bind_blob(&db, S_INSERT, 4, NULL, 0);
	assert_int_equal(db_run(&db, S_INSERT), 0);
	assert_int_equal(db_step(&db, S_SELECT), 1);
	assert_true(db_column_is_null(&db, S_SELECT, 1));
	assert_true(db_column_is_null(&db, S_SELECT, 2));
	assert_false(db_column_is_null(&db, S_SELECT, 3));
	db_reset(&db, S_SELECT);
	db_rollback(&db);
	assert_int_equal(db_query_int(&db, "SELECT count(*) FROM t", -1, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(db_query_int(&db, "SELECT a FROM t", -7, &n), 0);
	assert_int_equal(n, -7);
	db_close(&db);
}

static void test_errors_have_texts(void **state)
{
	struct db db;
	(void)state;

	open_migrated(&db, 0);
	insert(&db, 1);
	db_bind_int(&db, S_INSERT, 1, 1);
	assert_int_equal(db_run(&db, S_INSERT), -1);
	assert_string_equal(db_error(&db), "UNIQUE constraint failed: t.a");
	assert_int_equal(db_fault(&db), DB_FAULT_OTHER);
	assert_int_equal(db_step(&db, S_BROKEN), -1);
	assert_string_equal(db_error(&db), "no such table: nowhere");
	assert_int_equal(db_has_table(&db, "t"), 1);
	assert_int_equal(db_has_table(&db, "it's"), 0);
	db_close(&db);
	db_close(&db);
}

static void test_missing_and_corrupt(void **state)
{
	struct db db;
	FILE *f;
	(void)state;

	assert_int_equal(db_open(&db, path, DB_READONLY, NULL, 0), -1);
	assert_int_equal(db_fault(&db), DB_FAULT_MISSING);
	db_close(&db);
	f = fopen(path, "we");
	assert_non_null(f);
	for (int i = 0; i < 1000; i++) {
		fputs("no database ", f);
	}
	fclose(f);
	assert_int_equal(db_open(&db, path, 0, NULL, 0), 0);
	assert_int_equal(db_exec(&db, "SELECT * FROM sqlite_master"), -1);
	assert_int_equal(db_fault(&db), DB_FAULT_CORRUPT);
	db_close(&db);
}

static void test_versions(void **state)
{
	struct db db;
	int64_t v;
	(void)state;

	assert_int_equal(db_open(&db, path, DB_CREATE, statements, S_COUNT), 0);
	assert_int_equal(db_migrate(&db, steps, 1), 0);
	db_close(&db);
	open_migrated(&db, 0);
	assert_int_equal(db_query_int(&db, "PRAGMA user_version", -1, &v), 0);
	assert_int_equal(v, 2);
	assert_int_equal(db_migrate(&db, steps, 1), -1);
	assert_int_equal(db_fault(&db), DB_FAULT_NEWER);
	assert_string_equal(db_error(&db), "has schema version 2, this program knows 1");
	db_close(&db);
}

static void test_busy(void **state)
{
	struct db a, b;
	(void)state;

	open_migrated(&a, 0);
	assert_int_equal(db_open(&b, path, 0, statements, S_COUNT), 0);
	db_busy_timeout(&b, 1);
	assert_int_equal(db_begin(&a), 0);
	assert_int_equal(db_begin(&b), -1);
	assert_int_equal(db_fault(&b), DB_FAULT_BUSY);
	assert_int_equal(db_commit(&a), 0);
	assert_int_equal(db_begin(&b), 0);
	db_close(&b);
	db_close(&a);
}

static void test_immutable_reads(void **state)
{
	struct db db;
	int64_t n;
	(void)state;

	open_migrated(&db, DB_SCRATCH);
	insert(&db, 5);
	db_close(&db);
	assert_int_equal(
		db_open(&db, path, DB_READONLY | DB_IMMUTABLE, statements, S_COUNT), 0);
	assert_int_equal(db_query_int(&db, "SELECT a FROM t", 0, &n), 0);
	assert_int_equal(n, 5);
	assert_int_equal(db_exec(&db, "DELETE FROM t"), -1);
	db_close(&db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_feed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_values_come_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nulls_and_rollback, setup, teardown),
		cmocka_unit_test_setup_teardown(test_errors_have_texts, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_missing_and_corrupt, setup, teardown),
		cmocka_unit_test_setup_teardown(test_versions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_busy, setup, teardown),
		cmocka_unit_test_setup_teardown(test_immutable_reads, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
