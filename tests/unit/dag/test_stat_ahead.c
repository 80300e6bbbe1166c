/* Stamps of the last plan's files, looked up by a thread: however far it came, files have
 * the stamps that they have on disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "dag/stat_ahead.h"
#include "fakes/sandbox.h"
#include "graphs/graph_kit.h"

enum { FILES = 300 };

static const char workflow[] =
	"sets: {i: {from: 1, to: 100}}\n"
	"rules:\n"
	"  all: {input: [{expand: \"in/{i}\"}, {expand: \"out/{i}\"}]}\n"
	"  make: {input: \"in/{i}\", output: \"out/{i}\", shell: x}\n";

static struct graph g;

static int tear_down(void **state)
{
	graph_release(&g);
	return sandbox_leave(state);
}

/* What the thread is given. */
struct told {
	struct strbuf paths;
	uint32_t numbers[FILES], count;
	bool none;
};

static bool load(void *ctx, struct ahead_files *ret)
{
	struct told *t = ctx;
	*ret = (struct ahead_files){strbuf_sv(&t->paths), t->numbers, t->count};
	return !t->none;
}

static void tell(struct told *t, const char *path, uint32_t number)
{
	strbuf_add(&t->paths, path, strlen(path) + 1);
	t->numbers[t->count++] = number;
}

static void put_files(void)
{
	for (int i = 1; i <= 100; i++) {
		char path[64];
		snprintf(path, sizeof(path), "in/%d", i);
		graph_put(path);
		snprintf(path, sizeof(path), "out/%d", i);
		if (i % 3) {
			graph_put(path);
		}
	}
	assert_int_equal(unlink("out/1"), 0);
	assert_int_equal(symlink("../in/1", "out/1"), 0);
	assert_int_equal(unlink("out/2"), 0);
	assert_int_equal(symlink("nowhere", "out/2"), 0);
	assert_int_equal(unlink("in/7"), 0);
	assert_int_equal(symlink("8", "in/7"), 0);
}

static void check_all(void)
{
	for (uint32_t f = 0; f < g.d.paths.count; f++) {
		struct stat st;
		uint8_t flags = g.d.file_flags[f];
		bool there = stat(dag_path(&g.d, f).p, &st) == 0;
		if (flags & FILE_NEEDED) {
			assert_true(flags & FILE_KNOWN);
			assert_int_equal(there, (flags & FILE_EXISTS) != 0);
		}
		if (there && flags & FILE_KNOWN) {
			assert_int_equal(g.d.size[f], st.st_size);
			assert_int_equal(g.d.mtime[f] / 1000000000, st.st_mtim.tv_sec);
			assert_int_equal(g.d.mtime[f] % 1000000000, st.st_mtim.tv_nsec);
		}
	}
	uint32_t link = intern_find(&g.d.paths, "in/7", 4);
	assert_true(g.d.file_flags[link] & FILE_LINKED);
}

/* With the thread given `t`, after it had `us` microseconds. */
static void look(struct told *t, useconds_t us)
{
	struct stat_ahead_source source = {load, t};
	struct stat_ahead *a = stat_ahead_new(&source);
	usleep(us);
	g.d.ahead = a;
	dag_stat(&g.d);
	assert_null(g.d.ahead);
	stat_ahead_free(a);
	check_all();
}

static void whatever_the_thread_was_told(void **state)
{
	(void)state;
	put_files();
	for (int round = 0; round < 8; round++) {
		struct told t = {.paths = STRBUF_INIT, .none = round == 1};
		assert_int_equal(graph_make(&g, workflow, ""), 0);
		uint32_t files = g.d.paths.count;
		for (uint32_t f = 0; f < files && f < 250; f++) {
			/* right, of another file, of none */
			uint32_t n = f % 5 == 1 ? files - f : f % 5 == 2 ? f + 100000 : f;
			tell(&t, dag_path(&g.d, f).p, round == 2 ? f + 1 : n);
		}
		tell(&t, "gone/away", 3);
		tell(&t, "", 4);
		t.count += round == 3 ? 20 : 0; /* fewer paths than are said */
		t.paths.len -= round == 4;      /* the last one has no end */
		look(&t, round % 2 ? 0 : 20000);
		strbuf_release(&t.paths);
		if (round < 7) {
			graph_release(&g);
		}
	}
}

/* Names that are missing in rows, with some between them that are there. */
static void look_for(const char *folder, int files, int every)
{
	struct strbuf text = STRBUF_INIT;
	char path[64];
	strbuf_addf(&text, "rules:\n  all: {input: {expand: \"%s/{i}\", i: [", folder);
	for (int i = 0; i < files; i++) {
		strbuf_addf(&text, "%s%d", i ? ", " : "", i);
		if (i % every == every - 1) {
			snprintf(path, sizeof(path), "%s/%d", folder, i);
			graph_put(path);
		}
	}
	strbuf_addf(&text, "]}}\n  make: {output: \"%s/{i}\", shell: x}\n", folder);
	assert_int_equal(graph_make(&g, text.buf, ""), 0);
	dag_stat(&g.d);
	for (int i = 0; i < files; i++) {
		snprintf(path, sizeof(path), "%s/%d", folder, i);
		uint32_t file = intern_find(&g.d.paths, path, strlen(path));
		assert_true(g.d.file_flags[file] & FILE_KNOWN);
		assert_int_equal((g.d.file_flags[file] & FILE_EXISTS) != 0,
			i % every == every - 1);
	}
	graph_release(&g);
	strbuf_release(&text);
}

static void rows_of_missing_names(void **state)
{
	(void)state;
	look_for("few", 500, 100);
	look_for("fewer", 100, 70);
	look_for("none", 100, 1000);
	look_for("many", 3000, 18);
	look_for("every", 3000, 2);
	assert_int_equal(graph_make(&g, "rules: {}\n", ""), 0);
}

static void freed_without_use(void **state)
{
	(void)state;
	put_files();
	struct told t = {.paths = STRBUF_INIT};
	assert_int_equal(graph_make(&g, workflow, ""), 0);
	for (uint32_t f = 0; f < 100; f++) {
		tell(&t, dag_path(&g.d, f).p, f);
	}
	struct stat_ahead_source source = {load, &t};
	stat_ahead_free(stat_ahead_new(&source));
	stat_ahead_free(NULL);
	dag_stat(&g.d);
	check_all();
	strbuf_release(&t.paths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			whatever_the_thread_was_told, sandbox_enter, tear_down),
		cmocka_unit_test_setup_teardown(
			rows_of_missing_names, sandbox_enter, tear_down),
		cmocka_unit_test_setup_teardown(
			freed_without_use, sandbox_enter, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
