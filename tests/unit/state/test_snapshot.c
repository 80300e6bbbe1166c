/* Snapshots beside journals and databases; what is forgotten. */
#include "state_world.h"

static void in_dir_of(char path[96], const char *name)
{
	snprintf(path, 96, "%s/%s", dir, name);
}

/* Run `run` makes `count` jobs more. */
/* A run of jobs `from` on, after which the world is closed. */
static void run_in(struct world *w, uint32_t run, uint32_t from, uint32_t count)
{
	struct row_run row = {.id = run, .host = SV("here"), .dirty = -1};
	state_put_run(&w->state, &row);
	for (uint32_t i = from; i < from + count; i++) {
		uint32_t id = state_new_job(&w->state);
		start_job(w, id, i);
		end_job(w, id, i);
	}
	row.end_ns = 7;
	state_put_run(&w->state, &row);
	assert_int_equal(state_commit(&w->state), 0);
	assert_int_equal(close_world(w), 0);
}

static void one_run(uint32_t run, uint32_t from, uint32_t count)
{
	struct world w;
	assert_int_equal(open_world(&w, STATE_RUN), 0);
	assert_int_equal(w.state.last_run, run - 1);
	run_in(&w, run, from, count);
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
			assert_int_equal(journal_read(j.fd, from, j.size, most, &out), 0);
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
	run_in(&w, run, from, count);
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
