#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "exec/simple_script.h"

static char *no_env[] = {NULL};

/* One command: words with "|" between them, then its files. */
static void describe(const struct simple_command *c, char *line, size_t size)
{
	static const char *const joins[] = {"", "&& ", "|| ", "=> "};
	size_t n = (size_t)snprintf(line, size, "%s", joins[c->join]);
	for (uint32_t i = 0; i < c->argc; i++) {
		n += (size_t)snprintf(
			line + n, size - n, "%s%s", i ? "|" : "", c->argv[i]);
	}
	for (uint32_t i = 0; i < c->open_count; i++) {
		const struct spawn_open *o = &c->opens[i];
		const char *sign = !o->path              ? "&"
				   : o->flags & O_APPEND ? "+"
				   : o->flags & O_CREAT  ? "w"
							 : "r";
		n += (size_t)snprintf(line + n, size - n, " %d%s%s", o->fd, sign,
			o->path        ? o->path
			: o->from == 1 ? "1"
				       : "2");
	}
}

/* The commands of the text, "; " between them, or "no" where a shell is needed.
 */
static void check(const char *text, const char *expected)
{
	struct arena arena;
	struct simple_script s;
	char line[1000] = "no";
	arena_init(&arena);
	if (simple_script_parse("bash", "set -euo pipefail;", text, no_env, &arena, &s)) {
		size_t n = 0;
		for (uint32_t i = 0; i < s.n; i++) {
			if (i) {
				n += (size_t)snprintf(line + n, sizeof(line) - n, "; ");
			}
			describe(&s.v[i], line + n, sizeof(line) - n);
			n += strlen(line + n);
		}
	}
	if (strcmp(line, expected) != 0) {
		print_error("%s\n  gave     %s\n  expected %s\n", text, line, expected);
		fail();
	}
	arena_release(&arena);
}

static void plain_words(void **state)
{
	(void)state;
	check("touch a", "touch|a");
	check("  touch  a\tb \n", "touch|a|b");
	check("cp 'a b' \"c d\"", "cp|a b|c d");
	check("cp a\\ b x'y'\"z\"w", "cp|a b|xyzw");
	check("cmd ''", "cmd|");
	check("cmd --opt=x,y:z +%H @1 a.b", "cmd|--opt=x,y:z|+%H|@1|a.b");
	check("'cmd' \"it's\" '\"$x`'", "cmd|it's|\"$x`");
	check("bwa \\\n  -t 8 \\\n\\\n  x > \\\n  y\n", "bwa|-t|8|x 1wy");
	check("a \\\nb", "a|b");
	check("a\\\n b", "a|b");
	check("a\\\nb", "no"); /* one word in two lines: rare */
	check("a 'b\\\nc'", "a|b\\\nc");
	check("a \\\n", "no");
	check("./a/b \xc3\xa9", "no"); /* bytes of other alphabets only in quotes */
	check("./a/b '\xc3\xa9\n'", "./a/b|\xc3\xa9\n");
}

static void redirections(void **state)
{
	(void)state;
	check("sort < in > out", "sort 0rin 1wout");
	check("sort<in>out", "sort 0rin 1wout");
	check("cmd > log 2>&1", "cmd 1wlog 2&1");
	check("cmd 2>&1 > log", "cmd 2&1 1wlog");
	check("cmd 2>> err 1>out", "cmd 2+err 1wout");
	check("> 'a b' cmd x", "cmd|x 1wa b");
	check("cmd >| f", "cmd 1wf");
	check("cmd file2>out", "cmd|file2 1wout");
	check("cmd 2 > out", "cmd|2 1wout");
	check("cmd > /dev/null 2>&1", "cmd 1w/dev/null 2&1");
	check("cmd >&2", "cmd 1&2");
	check(": > out", ": 1wout");
	check("true", "true");
	check("echo a 'b c' > f", "echo|a|b c 1wf");
	check("echo", "echo");
	check("echo -n a", "no");
	check("echo 'a\\n'", "no");
	check("cmd >", "no");
	check("cmd > ''", "no");
	check("cmd > /dev/tcp/h/1", "no");
	check("cmd > /dev/stdout", "no");
	check("cmd &> f", "no");
	check("cmd >& f", "no");
	check("cmd 3> f", "no");
	check("cmd 2>&3", "no");
	check("cmd 2>&1x", "no");
	check("cmd <& 0", "no");
	check("cmd << E", "no");
	check("cmd <<< x", "no");
	check("cmd < <(x)", "no");
	check("cmd {fd}> x", "no");
	check("> out", "no"); /* no command at all */
}

static void lists_and_pipes(void **state)
{
	(void)state;
	check("a; b", "a; b");
	check("a;b;", "a; b");
	check("a\n\n  b\n", "a; b");
	check("a x | b y|c > f", "a|x; => b|y; => c 1wf");
	check("a && b || c", "a; && b; || c");
	check("a&&b", "a; && b");
	check("a |\n b", "a; => b");
	check("a &&\n\n b", "a; && b");
	check("a 2>&1|b", "a 2&1; => b");
	check("a > f;b", "a 1wf; b");
	check("mkdir -p d && a > d/f \\\n 2> l\nb", "mkdir|-p|d; && a 1wd/f 2wl; b");
	check(": > a; echo b && true", ": 1wa; echo|b; && true");
	struct arena arena;
	struct simple_script s;
	arena_init(&arena);
	assert_true(simple_script_parse(
		"sh", "", "a 'x\n'\n\nb \\\n c; d", no_env, &arena, &s));
	assert_int_equal(s.n, 3);
	assert_int_equal(s.v[1].line, 3);
	assert_int_equal(s.v[1].offset, 8);
	assert_int_equal(s.v[2].line, 4);
	assert_false(s.errexit || s.pipefail);
	arena_release(&arena);
}

static void what_needs_a_shell(void **state)
{
	(void)state;
	static const char *const texts[] = {"", " ", "a &", "a $x", "a \"$x\"", "a `x`",
		"a \"\\\"\"", "a *", "a ?", "a [b]", "a {b,c}", "a ~", "a ~/b", "a x=~",
		"(a)", "a # c", "#a", "! a", "x=1 a", "x=1", "cd /", "export X",
		"printf a", "if", "for", "exit 1", ". f", "source f", "a 'b", "a \"b",
		"a b\\", "a b\\ ", "[ a ]", "test -e a", "time a", "exec a", "'' a",
		"a a^b", "a !b", "command ls", "false", "a%b=c"};
	for (size_t i = 0; i < CW_ARRAY_LEN(texts); i++) {
		check(texts[i], "no");
	}
}

static void other_shells_and_prefixes(void **state)
{
	(void)state;
	struct arena arena;
	struct simple_script c;
	arena_init(&arena);
	char function[] = "BASH_FUNC_tool%%=() { x; }", file[] = "BASH_ENV=rc";
	char *with_function[] = {function, NULL}, *with_file[] = {file, NULL};
	assert_true(simple_script_parse("/bin/sh", "set -eu;", "a", no_env, &arena, &c));
	assert_true(simple_script_parse("dash", "", "a", no_env, &arena, &c));
	assert_false(simple_script_parse("zsh", "", "a", no_env, &arena, &c));
	assert_false(simple_script_parse("bash", "set -x;", "a", no_env, &arena, &c));
	assert_false(simple_script_parse("bash", "source x;", "a", no_env, &arena, &c));
	assert_false(
		simple_script_parse("bash", "", "tool x", with_function, &arena, &c));
	assert_true(simple_script_parse("bash", "", "toolx", with_function, &arena, &c));
	assert_false(simple_script_parse("bash", "", "a", with_file, &arena, &c));
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_words),
		cmocka_unit_test(redirections),
		cmocka_unit_test(lists_and_pipes),
		cmocka_unit_test(what_needs_a_shell),
		cmocka_unit_test(other_shells_and_prefixes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
