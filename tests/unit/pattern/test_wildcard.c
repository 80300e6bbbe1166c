#include "pattern_kit.h"

static int setup(void **state)
{
	struct kit *k = malloc(sizeof(*k));
	kit_init(k);
	*state = k;
	return 0;
}

static int teardown(void **state)
{
	kit_release(*state);
	free(*state);
	return 0;
}

/* Each row: pattern, names, path, what comes of it. */
struct row {
	const char *pattern, *names, *path, *want;
};

static void check(struct kit *k, const struct row *rows, size_t n, const char *dot)
{
	for (size_t i = 0; i < n; i++) {
		struct pattern *p = kit_pattern(k, rows[i].pattern, rows[i].names, dot);
		assert_non_null(p);
		const char *got = kit_match(k, p, rows[i].names, sv_from(rows[i].path));
		if (strcmp(got, rows[i].want) != 0) {
			print_error("%s on %s\n", rows[i].pattern, rows[i].path);
		}
		assert_string_equal(got, rows[i].want);
		pattern_release(p);
	}
}

static void whole_paths_match_greedily(void **state)
{
	static const struct row rows[] = {
		{"a.txt", "", "a.txt", ""},
		{"a.txt", "", "a.txt2", "no"},
		{"a.txt", "", "b.txt", "no"},
		{"{x}", "x", "any/thing", "x=any/thing"},
		{"{x}", "x", "", "no"},
		{"d/{x}.txt", "x", "d/a.txt", "x=a"},
		{"d/{x}.txt", "x", "d/.txt", "no"},
		{"d/{x}.txt", "x", "d/a/b.txt", "x=a/b"},
		{"d/{x}.txt", "x", "d/a.txt\n", "no"},
		{"d/{x}.txt", "x", "d/a\nb.txt", "x=a\nb"},
		{"{x}", "x", "\n", "x=\n"},
		{"aba{x}ba", "x", "ababa", "no"},
		{"aba{x}ba", "x", "abacba", "x=c"},
		{"{a}.{b}.txt", "a b", "101.B.normal.txt", "a=101.B b=normal"},
		{"{a}/{b}.txt", "a b", "x/y/z.txt", "a=x/y b=z"},
		{"{a}/{b}.txt", "b a", "x/y/z.txt", "b=z a=x/y"},
		{"{a}__{b}", "a b", "x___y", "a=x_ b=y"},
		{"{a}__{b}", "a b", "x__", "no"},
		{"{a}__{b}", "a b", "__x", "no"},
		{"{a}-{b}-{c}", "a b c", "1-2-3-4", "a=1-2 b=3 c=4"},
		{"{a}{b}", "a b", "xyz", "a=xy b=z"},
		{"{a}{b}", "a b", "x", "no"},
		{"{a}{b}", "a b", "x\xc3\xa9", "a=x b=\xc3\xa9"},
		{"{a}{b}", "a b", "\xc3\xa9", "no"},
		{"{s}/{s}.bam", "s", "a/a.bam", "s=a"},
		{"{s}/{s}.bam", "s", "a/b.bam", "no"},
		{"{s}/{s}.bam", "s", "a/b/a/b.bam", "s=a/b"},
		{"a{{b}}{x}", "x", "a{b}c", "x=c"},
		{"a.b+(c){x}$^[d]", "x", "a.b+(c)1$^[d]", "x=1"},
		{"{x}_{y}$^[d]\\", "x y", "1_2$^[d]\\", "x=1 y=2"},
	};
	check(*state, rows, CW_ARRAY_LEN(rows), ".+");
}

static void constraints_hold(void **state)
{
	static const struct row rows[] = {
		{"{n,\\d+}.txt", "n", "007.txt", "n=007"},
		{"{n,\\d+}.txt", "n", "a7.txt", "no"},
		{"{n,\\d{3}}.txt", "n", "123.txt", "n=123"},
		{"{n,\\d{3}}.txt", "n", "1234.txt", "no"},
		{"{n, \\d{1,2}}.txt", "n", "12.txt", "n=12"},
		{"{x,a|b}c", "x", "ac", "x=a"},
		{"{x,a|b}c", "x", "bc", "x=b"},
		{"{x,.*}.txt", "x", ".txt", "x="},
		{"{x,.+}.txt", "x", "a/b.txt", "x=a/b"},
		{"{x,[^/]+}.txt", "x", "a/b.txt", "no"},
		{"{a,(x|y)+}{b,(\\d)}", "a b", "xyx1", "a=xyx b=1"},
		{"{a,(?<q>.)\\k<q>}-{b}", "a b", "xx-y", "a=xx b=y"},
		{"{a,(?<q>.)\\k<q>}-{b}", "a b", "xz-y", "no"},
		{"{x,[a\\}]+}", "x", "a}", "x=a}"},
		{"{x,^a$}", "x", "a", "x=a"},
		{"{x,a$}b", "x", "ab", "no"},
		{"{x,\\w+}/{x}", "x", "ab/ab", "x=ab"},
		{"{x}/{x,\\d+}", "x", "1/1", "x=1"},
		{"{x}/{x,\\d+}", "x", "a/a", "no"},
		{"{x,.}", "x", "\xe6\x97\xa5", "x=\xe6\x97\xa5"},
		{"{x,.}", "x", "\xff", "x=\xff"},
		{"{x,..}", "x", "\xff\xfe", "x=\xff\xfe"},
		{"{x,\\x{65e5}+}", "x", "\xe6\x97\xa5", "x=\xe6\x97\xa5"},
		{"{x,\\x{65e5}+}", "x", "\xff", "no"},
		{"{x,\xff+}", "x", "\xff\xff", "x=\xff\xff"},
		{"{x}{y,\\d+}", "x y",
			"a\xff"
			"12",
			"x=a\xff"
			"1 y=2"},
	};
	check(*state, rows, CW_ARRAY_LEN(rows), ".+");
}

static void globs_stay_in_a_folder(void **state)
{
	static const struct row rows[] = {
		{"d/{x}.txt", "x", "d/a.txt", "x=a"},
		{"d/{x}.txt", "x", "d/a/b.txt", "no"},
		{"{a}/{b}.txt", "a b", "x/y.txt", "a=x b=y"},
		{"{a}/{b}.txt", "a b", "x/y/z.txt", "no"},
		{"{a}_{b}", "a b", "x/y_z", "no"},
		{"{a}_{b}", "a b", "x_y/z", "no"},
		{"{a}_{b}", "a b", "x_y_z", "a=x_y b=z"},
		{"{a,.+}/{b}.txt", "a b", "x/y/z.txt", "a=x/y b=z"},
		{"{a}/{b,.+}.txt", "a b", "x/y/z.txt", "a=x b=y/z"},
		{"{s}_{mate,[12]}.fq", "s mate", "a_b_1.fq", "s=a_b mate=1"},
	};
	check(*state, rows, CW_ARRAY_LEN(rows), "[^/]+");
}

/* The expression that the fast paths stand for gives the same. */
static void fast_paths_agree_with_the_expression(void **state)
{
	struct kit *k = *state;
	static const char *const pairs[][2] = {
		{"{a}_{b}", "{a,(?:.+)}_{b,(?:.+)}"},
		{"x{a}__{b}y", "x{a,(?:.+)}__{b,(?:.+)}y"},
		{"{a}_x_{b}_{c}", "{a,(?:.+)}_x_{b,(?:.+)}_{c,(?:.+)}"},
		{"_{a}_", "_{a,(?:.+)}_"},
	};
	for (size_t i = 0; i < CW_ARRAY_LEN(pairs); i++) {
		struct pattern *fast = kit_pattern(k, pairs[i][0], "a b c", ".+");
		struct pattern *slow = kit_pattern(k, pairs[i][1], "a b c", ".+");
		uint32_t seed = 1;
		for (int round = 0; round < 20000; round++) {
			char path[16];
			size_t n = 0;
			while (n < 14) {
				seed = seed * 1664525 + 1013904223;
				if (seed >> 28 == 0) {
					break;
				}
				path[n++] = "_xy/"[seed >> 24 & 3];
			}
			struct strview v = {path, n};
			char got[200];
			snprintf(got, sizeof(got), "%s", kit_match(k, fast, "a b c", v));
			assert_string_equal(got, kit_match(k, slow, "a b c", v));
		}
		pattern_release(fast);
		pattern_release(slow);
	}
}

/* Of this process's own time, whatever else the machine does. */
static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void effort_is_bounded(void **state)
{
	struct kit *k = *state;
	char path[4096];
	memset(path, 'a', sizeof(path));
	path[sizeof(path) - 2] = 'X';
	path[sizeof(path) - 1] = 'b';
	struct pattern *p = kit_pattern(k, "{x,(a+)+b}", "x", ".+");
	double from = now();
	assert_string_equal(
		kit_match(k, p, "x", (struct strview){path, sizeof(path)}), "limit");
	struct pattern *q = kit_pattern(k, "{a}{b}{a}c{c,(.*)*x}", "a b c", ".+");
	enum match m = pattern_match(
		q, (struct strview){path, sizeof(path)}, (struct strview[3]){{NULL, 0}});
	assert_int_not_equal(m, MATCH_YES);
	assert_true(now() - from < 5.0);
	struct pattern *r = kit_pattern(k, "{x,(?:a|b)*}Xb", "x", ".+");
	assert_int_equal(
		strlen(kit_match(k, r, "x", (struct strview){path, sizeof(path)})),
		2 + 4094);
	pattern_release(p);
	pattern_release(q);
	pattern_release(r);
}

static void faults_of_constraints_are_shown_in_place(void **state)
{
	static const struct {
		const char *pattern, *want;
	} rows[] = {
		{"a/{x,(b}c",
			"Workflowfile:1:8: error: constraint of wildcard \"x\": missing "
			"closing parenthesis [CW-E110]"},
		{"{x,(.)\\1}",
			"Workflowfile:1:7: error: constraint of wildcard \"x\": groups "
			"have no numbers in a constraint; name one, (?<g>...), and "
			"refer to it by \\k<g> [CW-E110]"},
		{"{x,(?R)}", "Workflowfile:1:4: error: constraint of wildcard \"x\": a "
			     "constraint cannot refer to the whole pattern [CW-E110]"},
		{"{x,(*UTF)a}",
			"Workflowfile:1:4: error: constraint of wildcard \"x\": verbs "
			"such as (*...) cannot be used in a constraint [CW-E110]"},
		{"{x,a}{x,b}",
			"Workflowfile:1:9: error: wildcard \"x\" has two different "
			"constraints; write it once, where the wildcard stands first "
			"[CW-E111]"},
		{"{x}{z}",
			"Workflowfile:1:5: error: wildcard \"z\" is not one of this rule's "
			"wildcards [CW-E112]"},
		{"{x,[a}",
			"Workflowfile:1:6: error: constraint of wildcard \"x\": missing "
			"terminating ] for character class [CW-E110]"},
	};
	struct kit *k = *state;
	for (size_t i = 0; i < CW_ARRAY_LEN(rows); i++) {
		diag_clear(&k->sink);
		assert_null(kit_pattern(k, rows[i].pattern, "x y", ".+"));
		struct strbuf out = STRBUF_INIT;
		diag_format(&k->sink, &out, false);
		char *nl = strchr(out.buf, '\n');
		*nl = '\0';
		assert_string_equal(out.buf, rows[i].want);
		strbuf_release(&out);
	}
	diag_clear(&k->sink);
}

static void constraints_elsewhere_are_checked(void **state)
{
	static const struct {
		const char *expr, *want;
	} rows[] = {
		{"\\d+", ""},
		{"a|b", ""},
		{"[0-9",
			"1:5: constraint of wildcard \"n\": missing terminating ] for character "
			"class"},
		{"x\\Qa",
			"1:2: constraint of wildcard \"n\": \\Q needs its \\E in the same "
			"constraint"},
		{"(?xi)a",
			"1:1: constraint of wildcard \"n\": a constraint cannot be written "
			"with (?x)"},
		{"(?i)a", ""},
		{"(?(1)a)",
			"1:1: constraint of wildcard \"n\": groups have no numbers in a "
			"constraint; name one, (?<g>...), and refer to it by \\k<g>"},
	};
	struct kit *k = *state;
	for (size_t i = 0; i < CW_ARRAY_LEN(rows); i++) {
		diag_clear(&k->sink);
		k->source = source_add(&k->sources, "f", sv_from(rows[i].expr));
		int rc = constraint_check(
			&k->sink, SV("n"), sv_from(rows[i].expr), kit_origin(k));
		assert_int_equal(rc, rows[i].want[0] ? -1 : 0);
		if (rc) {
			const struct diag *d = &k->sink.v[0];
			char got[300];
			snprintf(got, sizeof(got), "1:%u: %s", d->span.off + 1, d->text);
			assert_string_equal(got, rows[i].want);
		}
	}
	diag_clear(&k->sink);
}

static void ends_are_known(void **state)
{
	struct kit *k = *state;
	struct pattern *p = kit_pattern(k, "a/{x}_{y}.txt", "x y", ".+");
	assert_true(sv_eq_str(pattern_prefix(p), "a/"));
	assert_true(sv_eq_str(pattern_suffix(p), ".txt"));
	assert_false(pattern_is_simple(p));
	struct pattern *q = kit_pattern(k, "a/{x,.+}", "x y", ".+");
	assert_true(pattern_is_simple(q));
	struct pattern *glob = kit_pattern(k, "a/{x}", "x y", "[^/]+");
	assert_false(pattern_is_simple(glob));
	struct pattern *whole = kit_pattern(k, "a/b_c.txt", "x y", ".+");
	assert_true(sv_eq_str(pattern_prefix(whole), "a/b_c.txt"));
	struct pattern *other = kit_pattern(k, "{x}.bam", "x y", ".+");
	assert_true(pattern_may_overlap(p, q));
	assert_true(pattern_may_overlap(p, whole));
	assert_true(pattern_may_overlap(whole, p));
	assert_false(pattern_may_overlap(p, other));
	assert_false(pattern_may_overlap(other, whole));
	assert_true(pattern_may_overlap(other, q));
}

static struct strview from_rule(void *ctx, struct strview wildcard)
{
	(void)ctx;
	return sv_eq_str(wildcard, "n") ? SV("\\d+") : (struct strview){NULL, 0};
}

static struct span nowhere(const void *ctx, size_t off, size_t len)
{
	(void)ctx;
	(void)off;
	(void)len;
	return (struct span){0, 0, 0};
}

static void the_rule_gives_constraints(void **state)
{
	struct kit *k = *state;
	struct template t = kit_parse(k, TEMPLATE_PATTERN, "{s}{n}.txt", NULL);
	struct strview names[] = {SV_INIT("s"), SV_INIT("n")}, values[2];
	struct pattern *p = NULL;
	assert_int_equal(pattern_compile(&k->sink, &k->arena, &t, names, 2, from_rule,
				 NULL, ".+", (struct template_origin){nowhere, NULL}, &p),
		0);
	assert_int_equal(pattern_match(p, SV("ab.txt"), values), MATCH_NO);
	assert_int_equal(pattern_match(p, SV("ab1.txt"), values), MATCH_YES);
	assert_true(sv_eq_str(values[0], "ab"));
	assert_true(sv_eq_str(values[1], "1"));
	pattern_release(p);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(whole_paths_match_greedily),
		TEST(constraints_hold),
		TEST(globs_stay_in_a_folder),
		TEST(fast_paths_agree_with_the_expression),
		TEST(effort_is_bounded),
		TEST(faults_of_constraints_are_shown_in_place),
		TEST(constraints_elsewhere_are_checked),
		TEST(ends_are_known),
		TEST(the_rule_gives_constraints),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
