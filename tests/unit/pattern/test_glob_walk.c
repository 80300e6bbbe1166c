#include "pattern/glob_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pattern_kit.h"

struct scene {
	struct kit kit;
	char dir[32];
	int fd;
};

static int setup(void **state)
{
	struct scene *s = malloc(sizeof(*s));
	kit_init(&s->kit);
	memcpy(s->dir, "/tmp/cw-glob-XXXXXX", sizeof("/tmp/cw-glob-XXXXXX"));
	assert_non_null(mkdtemp(s->dir));
	s->fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(s->fd >= 0);
	*state = s;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	struct scene *s = *state;
	close(s->fd);
	nftw(s->dir, remove_one, 20, FTW_DEPTH | FTW_PHYS);
	kit_release(&s->kit);
	free(s);
	return 0;
}

/* Makes files ("a/b.txt") and folders ("a/c/") with the folders above them. */
static void make(const struct scene *s, const char *const *paths)
{
	for (; *paths; paths++) {
		char *copy = strdup(*paths);
		for (char *p = copy; (p = strchr(p, '/')); p++) {
			*p = '\0';
			assert_true(mkdirat(s->fd, copy, 0777) == 0 || errno == EEXIST);
			*p = '/';
		}
		if (copy[strlen(copy) - 1] != '/') {
			int fd =
				openat(s->fd, copy, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
			assert_true(fd >= 0);
			close(fd);
		}
		free(copy);
	}
}

/* The rows of a glob: "a,1 b,2". */
static const char *rows_of(struct scene *s, const char *pattern, const char *names)
{
	struct kit *k = &s->kit;
	struct pattern *p = kit_pattern(k, pattern, names, "[^/]+");
	struct glob_rows g;
	uint32_t columns = 0;
	for (const char *c = names; *c; c++) {
		columns += c == names || c[-1] == ' ';
	}
	assert_non_null(p);
	int rc = glob_walk(&k->sink, s->fd, p, columns, (struct span){0, 0, 0}, &g);
	pattern_release(p);
	strbuf_reset(&k->out);
	if (rc) {
		return "error";
	}
	for (size_t i = 0; i < g.rows; i++) {
		for (uint32_t c = 0; c < g.columns; c++) {
			struct strview v = g.values[i * g.columns + c];
			assert_int_equal(v.p[v.n], 0);
			strbuf_addf(&k->out, "%s" SV_FMT,
				c            ? ","
				: k->out.len ? " "
					     : "",
				SV_ARG(v));
		}
	}
	glob_rows_release(&g);
	return k->out.buf;
}

static void folders_and_files(void **state)
{
	struct scene *s = *state;
	static const char *const tree[] = {"data/b.txt", "data/a.txt", "data/c.dat",
		"data/.hid.txt", "data/.d/x.txt", "data/sub/e.txt", "data/sub/deep/f.txt",
		"data/.cwflow/g.txt", ".cwflow/h.txt", "fq/s_1.fq", "fq/s_2.fq",
		"fq/t_1.fq", "fq/s_3.fq", "fq/a_b_2.fq", "run1/lib/x.bam",
		"run2/lib/y.bam", "run2/other/z.bam", "run3/", "weird/a\nb.txt",
		"weird/\xff.txt", "weird/.txt", NULL};
	static const struct {
		const char *pattern, *names, *want;
	} rows[] = {
		{"data/{book}.txt", "book", "a b"},
		{"./data/{book}.txt", "book", "a b"},
		{"data/{book}", "book", "a.txt b.txt c.dat"},
		{"data/{book,.+}.txt", "book", "a b sub/deep/f sub/e"},
		{"{book,.+}.txt", "book",
			"data/a data/b data/sub/deep/f data/sub/e weird/a\nb weird/\xff"},
		{"data/.{x}.txt", "x", "hid"},
		{"data/.{x}/{y}.txt", "x y", "d,x"},
		{"data/{x,\\..+}.txt", "x", ".d/x .hid"},
		{".cwflow/{x}.txt", "x", ""},
		{"data/{x}/{y}.txt", "x y", "sub,e"},
		{"fq/{sample}_{mate,[12]}.fq", "sample mate", "a_b,2 s,1 s,2 t,1"},
		{"fq/{sample}_{mate,[12]}.fq", "mate sample", "1,s 1,t 2,a_b 2,s"},
		{"{run}/lib/{x}.bam", "run x", "run1,x run2,y"},
		{"run{n,\\d}/{sub}/{x}.bam", "n sub x", "1,lib,x 2,lib,y 2,other,z"},
		{"run{n,\\d}/", "n", "1 2 3"},
		{"{x}/lib/", "x", "run1 run2"},
		{"{x,.+}/", "x",
			"data data/sub data/sub/deep fq run1 run1/lib run2 run2/lib run2/other "
			"run3 weird"},
		{"weird/{x}.txt", "x", "a\nb \xff"},
		{"weird/{x,.*}.txt", "x", "a\nb \xff"},
		{"none/{x}.txt", "x", ""},
		{"data/a.txt/{x}", "x", ""},
		{"data/a.txt", "", ""},
		{"{x}", "x", ""},
	};
	make(s, tree);
	for (size_t i = 0; i < CW_ARRAY_LEN(rows); i++) {
		const char *got = rows_of(s, rows[i].pattern, rows[i].names);
		if (strcmp(got, rows[i].want) != 0) {
			print_error("%s\n", rows[i].pattern);
		}
		assert_string_equal(got, rows[i].want);
	}
}

static void links_are_followed(void **state)
{
	struct scene *s = *state;
	static const char *const tree[] = {"real/a.txt", "real/in/b.txt", NULL};
	make(s, tree);
	assert_int_equal(symlinkat("real", s->fd, "link"), 0);
	assert_int_equal(symlinkat("..", s->fd, "real/in/up"), 0);
	assert_int_equal(symlinkat("a.txt", s->fd, "real/l.txt"), 0);
	assert_int_equal(symlinkat("nowhere", s->fd, "real/dead.txt"), 0);
	assert_int_equal(symlinkat("self.txt", s->fd, "real/self.txt"), 0);
	assert_int_equal(symlinkat("in", s->fd, "real/folder.txt"), 0);
	assert_string_equal(rows_of(s, "link/{x}.txt", "x"), "a l");
	assert_string_equal(
		rows_of(s, "{d}/{x}.txt", "d x"), "link,a link,l real,a real,l");
	assert_string_equal(rows_of(s, "real/{x,.+}.txt", "x"), "a folder.txt/b in/b l");
	assert_string_equal(rows_of(s, "real/{x}.txt/", "x"), "folder");
}

static void unreadable_folders_are_errors(void **state)
{
	struct scene *s = *state;
	static const char *const tree[] = {"d/a.txt", NULL};
	make(s, tree);
	if (geteuid() == 0) {
		skip();
	}
	assert_int_equal(fchmodat(s->fd, "d", 0, 0), 0);
	assert_string_equal(rows_of(s, "d/{x}.txt", "x"), "error");
	assert_int_equal(fchmodat(s->fd, "d", 0700, 0), 0);
}

static void effort_is_bounded(void **state)
{
	struct scene *s = *state;
	static const char *const tree[] = {
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaXb",
		NULL};
	make(s, tree);
	assert_string_equal(rows_of(s, "{x,(a+)+}b", "x"), "error");
	assert_string_equal(s->kit.sink.v[0].code, "CW-E121");
}

/* Many rows: sorted, none lost, none doubled. */
static void many_rows_are_sorted(void **state)
{
	struct scene *s = *state;
	char name[300];
	uint32_t seed = 7;
	enum { N = 5000 };
	for (int i = 0; i < N; i++) {
		seed = seed * 1664525 + 1013904223;
		size_t n = seed >> 16 & 7;
		memset(name, 'x', n);
		snprintf(name + n, sizeof(name) - n, "%u_%d", seed >> 20 & 15, i);
		int fd = openat(s->fd, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
		assert_true(fd >= 0);
		close(fd);
	}
	struct kit *k = &s->kit;
	struct pattern *p = kit_pattern(k, "{a}_{b}", "a b", "[^/]+");
	struct glob_rows g;
	assert_int_equal(glob_walk(&k->sink, s->fd, p, 2, (struct span){0, 0, 0}, &g), 0);
	assert_int_equal(g.rows, N);
	for (size_t i = 1; i < g.rows; i++) {
		int c = sv_cmp(g.values[2 * i - 2], g.values[2 * i]);
		assert_true(c < 0 || (c == 0 && sv_cmp(g.values[2 * i - 1],
							g.values[2 * i + 1]) < 0));
	}
	glob_rows_release(&g);
	pattern_release(p);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(folders_and_files),
		TEST(links_are_followed),
		TEST(unreadable_folders_are_errors),
		TEST(effort_is_bounded),
		TEST(many_rows_are_sorted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
