#include "yaml_helper.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/vec.h"

/* The value at `path` as text; it must be a scalar. */
static void check_text(const struct parsed *p, const char *path, const char *want)
{
	struct yaml_tree_node *node = parsed_at(p, path);
	assert_non_null(node);
	assert_int_equal(node->kind, YAML_SCALAR);
	assert_int_equal(node->text.n, strlen(want));
	assert_string_equal(node->text.p, want);
}

static void check_span(const struct parsed *p, const char *path, const char *want)
{
	struct yaml_tree_node *node = parsed_at(p, path);
	assert_non_null(node);
	struct strview got = parsed_bytes(p, node->span);
	if (!sv_eq_str(got, want)) {
		fail_msg("%s: \"" SV_FMT "\" is not \"%s\"", path, SV_ARG(got), want);
	}
}

static void scalars_are_text_as_written(void **state)
{
	(void)state;
	struct parsed p;
	parsed_init(
		&p, SV("a: no\nb: 1e3\nc: 007\nd: 2020-01-01\ne: ~\nf: 12:30\ng: 'x'\n"
		       "h: \"y\\n\"\ni: null\nj: 0x1F\nk: .5\nl: =\nm: a#b\n"));
	assert_int_equal(p.status, 0);
	check_text(&p, "a", "no");
	check_text(&p, "b", "1e3");
	check_text(&p, "c", "007");
	check_text(&p, "d", "2020-01-01");
	check_text(&p, "e", "~");
	check_text(&p, "f", "12:30");
	check_text(&p, "g", "x");
	check_text(&p, "h", "y\n");
	check_text(&p, "i", "null");
	check_text(&p, "j", "0x1F");
	check_text(&p, "k", ".5");
	check_text(&p, "l", "=");
	check_text(&p, "m", "a#b");
	parsed_release(&p);
}

static void styles_and_absence(void **state)
{
	(void)state;
	struct parsed p;
	parsed_init(
		&p, SV("a:\nb: ''\nc: \"\"\nd: !!str\ne: |\nf: >-\n  x\ng: {}\nh: []\n"
		       "i:\n- 1\nj: !!str x\nk: # c\nl: &x\nm: ! \n"));
	assert_int_equal(p.status, 0);
	assert_true(yaml_is_absent(parsed_at(&p, "a")));
	assert_true(yaml_is_absent(parsed_at(&p, "k")));
	assert_true(yaml_is_absent(parsed_at(&p, "l")));
	assert_false(yaml_is_absent(parsed_at(&p, "b")));
	assert_false(yaml_is_absent(parsed_at(&p, "c")));
	assert_false(yaml_is_absent(parsed_at(&p, "d")));
	assert_false(yaml_is_absent(parsed_at(&p, "e")));
	assert_false(yaml_is_absent(parsed_at(&p, "g")));
	assert_false(yaml_is_absent(parsed_at(&p, "m")));
	assert_true(parsed_at(&p, "b")->tagged_str && parsed_at(&p, "j")->tagged_str);
	assert_false(parsed_at(&p, "a")->tagged_str);
	assert_int_equal(parsed_at(&p, "b")->style, YAML_SINGLE_QUOTED);
	assert_int_equal(parsed_at(&p, "c")->style, YAML_DOUBLE_QUOTED);
	assert_int_equal(parsed_at(&p, "e")->style, YAML_LITERAL);
	assert_int_equal(parsed_at(&p, "f")->style, YAML_FOLDED);
	assert_int_equal(parsed_at(&p, "g")->style, YAML_FLOW);
	assert_int_equal(parsed_at(&p, "h")->kind, YAML_SEQUENCE);
	assert_int_equal(parsed_at(&p, "i")->style, YAML_BLOCK);
	assert_int_equal(parsed_at(&p, "j")->style, YAML_PLAIN);
	assert_string_equal(yaml_kind_name(p.root), "a mapping");
	assert_string_equal(yaml_kind_name(parsed_at(&p, "h")), "a list");
	assert_string_equal(yaml_kind_name(parsed_at(&p, "a")), "a text");
	parsed_release(&p);
}

static void empty_documents(void **state)
{
	(void)state;
	static const struct strview texts[] = {SV_INIT(""), SV_INIT("\n\n"),
		SV_INIT("# only\n"), SV_INIT("\xef\xbb\xbf"),
		SV_INIT("\xef\xbb\xbf# x\r\n")};
	for (size_t i = 0; i < CW_ARRAY_LEN(texts); i++) {
		struct parsed p;
		parsed_init(&p, texts[i]);
		assert_int_equal(p.status, 0);
		assert_null(p.root);
		parsed_release(&p);
	}
	struct parsed p;
	parsed_init(&p, SV("---\n"));
	assert_int_equal(p.status, 0);
	assert_true(!p.root || yaml_is_absent(p.root));
	parsed_release(&p);
	parsed_init(&p, SV("%YAML 1.1\n--- x\n...\n# end\n"));
	assert_int_equal(p.status, 0);
	check_text(&p, "", "x");
	parsed_release(&p);
}

static void order_and_lookup(void **state)
{
	(void)state;
	struct parsed p;
	parsed_init(&p, SV("z: 1\na: 2\nm: 3\n"));
	assert_int_equal(p.root->count, 3);
	assert_string_equal(p.root->pairs[0].key->text.p, "z");
	assert_string_equal(p.root->pairs[2].key->text.p, "m");
	struct yaml_pair *pair = NULL;
	assert_ptr_equal(yaml_get(p.root, "a", &pair), p.root->pairs[1].value);
	assert_ptr_equal(pair, &p.root->pairs[1]);
	assert_null(yaml_get(p.root, "b", &pair));
	assert_null(yaml_get(p.root->pairs[0].value, "a", NULL));
	parsed_release(&p);
}

static void spans_are_bytes(void **state)
{
	(void)state;
	struct parsed p;
	parsed_init(&p, SV("été: 日本 # c\n"
			   "l: [a, \"é\\t\", 'it''s' , {k: v}] # d\n"
			   "m: {x: 1,\n    日: 2}\n"
			   "n: &anch   !!str val\n"
			   "o: one\n   two\n"
			   "p: \"q\n  r\"   \n"
			   "e:\n"
			   "t:\tx\t\n"
			   "last: é"));
	assert_string_equal(p.messages.buf, "");
	check_span(&p, "été", "日本");
	check_span(&p, "l", "[a, \"é\\t\", 'it''s' , {k: v}]");
	check_span(&p, "l/0", "a");
	check_span(&p, "l/1", "\"é\\t\"");
	check_span(&p, "l/2", "'it''s'");
	check_span(&p, "l/3", "{k: v}");
	check_span(&p, "l/3/k", "v");
	check_span(&p, "m", "{x: 1,\n    日: 2}");
	check_span(&p, "m/日", "2");
	check_span(&p, "n", "val");
	check_span(&p, "o", "one\n   two");
	check_span(&p, "p", "\"q\n  r\"");
	check_span(&p, "e", "");
	check_span(&p, "t", "x");
	check_span(&p, "last", "é");
	assert_string_equal(parsed_bytes(&p, p.root->pairs[0].key->span).p,
		source_text(&p.sources, 1).p);
	struct yaml_pair *pair;
	yaml_get(p.root, "last", &pair);
	assert_true(sv_eq_str(parsed_bytes(&p, pair->key->span), "last"));
	parsed_release(&p);
}

static void spans_of_blocks_end_with_their_text(void **state)
{
	(void)state;
	struct parsed p;
	parsed_init(&p, SV("rules:\n"
			   "  a:\n"
			   "    shell: |\n"
			   "      échö\n"
			   "        more  \n"
			   "\n"
			   "      # text\n"
			   "\n"
			   "  # comment\n"
			   "  b:\n"
			   "    shell: >+\n"
			   "      x\n"
			   "\n"
			   "\n"
			   "    list:\n"
			   "    - 1\n"
			   "    - é\n"
			   "\n"
			   "# comment\n"
			   "end: |\n"));
	assert_string_equal(p.messages.buf, "");
	check_span(&p, "rules/a/shell", "|\n      échö\n        more  \n\n      # text");
	check_text(&p, "rules/a/shell", "échö\n  more  \n\n# text\n");
	check_span(&p, "rules/a", "shell: |\n      échö\n        more  \n\n      # text");
	check_span(&p, "rules/b/shell", ">+\n      x");
	check_text(&p, "rules/b/shell", "x\n\n\n");
	check_span(&p, "rules/b/list", "- 1\n    - é");
	check_span(&p, "rules/b", "shell: >+\n      x\n\n\n    list:\n    - 1\n    - é");
	check_span(&p, "end", "|");
	struct strview all = parsed_bytes(&p, p.root->span);
	assert_true(sv_ends(all, SV("end: |")) && sv_starts(all, SV("rules:")));
	parsed_release(&p);
}

static void spans_with_mark_crlf_and_wide_characters(void **state)
{
	(void)state;
	struct parsed p;
	parsed_init(&p, SV("\xef\xbb\xbf# \xf0\x9f\x98\x80\r\n"
			   "日本: é\r\n"
			   "b: |\r\n"
			   "  x\r\n"
			   "  \xf0\x9f\x98\x80\r\n"
			   "\r\n"
			   "c: [ü, z]\r\n"
			   "d: \"a\r\n  b\"\r\n"));
	assert_string_equal(p.messages.buf, "");
	check_span(&p, "日本", "é");
	check_span(&p, "b", "|\r\n  x\r\n  \xf0\x9f\x98\x80");
	check_text(&p, "b", "x\n\xf0\x9f\x98\x80\n");
	check_span(&p, "c", "[ü, z]");
	check_span(&p, "c/1", "z");
	check_span(&p, "d", "\"a\r\n  b\"");
	check_text(&p, "d", "a b");
	assert_int_equal(p.root->span.off, 11);
	struct source_place at =
		source_place(&p.sources, 1, parsed_at(&p, "c/0")->span.off);
	assert_int_equal(at.line, 7);
	assert_int_equal(at.column, 5);
	parsed_release(&p);
}

static void aliases_share_the_node(void **state)
{
	(void)state;
	struct parsed p;
	parsed_init(&p, SV("a: &x [1, 2]\nb: *x\nc: [*x, *x]\nd: &x 3\ne: *x\n&k key: v\n"
			   "f: *k\n"));
	assert_string_equal(p.messages.buf, "");
	assert_ptr_equal(parsed_at(&p, "a"), parsed_at(&p, "b"));
	assert_ptr_equal(parsed_at(&p, "a"), parsed_at(&p, "c/1"));
	check_text(&p, "e", "3"); /* the latest of the name */
	check_text(&p, "f", "key");
	assert_int_equal(parsed_at(&p, "c")->expanded, 7);
	check_span(&p, "c", "[*x, *x]");
	parsed_release(&p);
}

static void merges(void **state)
{
	(void)state;
	struct parsed p;
	parsed_init(&p, SV("a: &a {x: 1, y: 2}\n"
			   "b: &b {y: 3, z: 4}\n"
			   "own: {k: 0, <<: *a, y: own}\n"
			   "list: {<<: [*b, *a], w: 5}\n"
			   "inline: {<<: {p: 1}, <<x: 2}\n"
			   "chain: &c {<<: *b, q: 6}\n"
			   "deep: {<<: *c}\n"
			   "quoted: {'<<': plain}\n"
			   "none: {<<: []}\n"));
	assert_string_equal(p.messages.buf, "");
	struct yaml_tree_node *own = parsed_at(&p, "own");
	assert_int_equal(own->count, 3);
	assert_string_equal(own->pairs[0].key->text.p, "k");
	assert_string_equal(own->pairs[1].key->text.p, "x");
	assert_string_equal(own->pairs[2].value->text.p, "own");
	check_text(&p, "list/y", "3");
	check_text(&p, "list/x", "1");
	check_text(&p, "list/w", "5");
	assert_int_equal(parsed_at(&p, "list")->count, 4);
	check_text(&p, "inline/p", "1");
	check_text(&p, "inline/<<x", "2");
	check_text(&p, "deep/y", "3");
	check_text(&p, "deep/q", "6");
	check_text(&p, "quoted/<<", "plain");
	assert_int_equal(parsed_at(&p, "none")->count, 0);
	parsed_release(&p);
}

/* Lists of lists of lists ... by aliases: 9^40 nodes in a page of text. */
static void an_alias_bomb_is_refused(void **state)
{
	(void)state;
	struct strbuf text = STRBUF_INIT;
	strbuf_addstr(&text, "l0: &l0 [lol]\n");
	for (int i = 1; i < 40; i++) {
		strbuf_addf(&text, "l%d: &l%d [", i, i);
		for (int k = 0; k < 9; k++) {
			strbuf_addf(&text, "*l%d, ", i - 1);
		}
		strbuf_addstr(&text, "]\n");
	}
	struct parsed p;
	clock_t begin = clock();
	parsed_init(&p, strbuf_sv(&text));
	double seconds = (double)(clock() - begin) / (double)CLOCKS_PER_SEC;
	assert_int_equal(p.status, -1);
	assert_int_equal(p.sink.errors, 1);
	assert_non_null(strstr(p.messages.buf, "more than 10000000 [CW-E005]"));
	assert_true(seconds < 5); /* it takes some 0.0002 s */
	assert_true(p.arena.total < 1 << 20);
	parsed_release(&p);
	strbuf_release(&text);
}

/* One large mapping merged over and over. */
static void a_merge_bomb_is_refused(void **state)
{
	(void)state;
	struct strbuf text = STRBUF_INIT;
	strbuf_addstr(&text, "m: &m {");
	for (int i = 0; i < 5000; i++) {
		strbuf_addf(&text, "k%d: v, ", i);
	}
	strbuf_addstr(&text, "}\nx:\n  <<: [");
	for (int i = 0; i < 50000; i++) {
		strbuf_addstr(&text, "*m, ");
	}
	strbuf_addstr(&text, "]\n");
	struct parsed p;
	parsed_init(&p, strbuf_sv(&text));
	assert_int_equal(p.status, -1);
	assert_non_null(strstr(p.messages.buf, "[CW-E005]"));
	parsed_release(&p);
	strbuf_release(&text);
}

/* As deep as is allowed, one deeper, and far deeper; in brackets and in blocks. */
static void depth_is_bounded(void **state)
{
	(void)state;
	static const struct {
		int depth, status;
	} v[] = {{1, 0}, {YAML_MOST_DEPTH, 0}, {YAML_MOST_DEPTH + 1, -1}, {999, -1},
		{5000, -1}, {100000, -1}};
	for (size_t i = 0; i < CW_ARRAY_LEN(v); i++) {
		struct strbuf flow = STRBUF_INIT, block = STRBUF_INIT;
		for (int k = 0; k < v[i].depth; k++) {
			strbuf_addch(&flow, '[');
			strbuf_addstr(&block, "- ");
		}
		for (int k = 0; k < v[i].depth; k++) {
			strbuf_addch(&flow, ']');
		}
		strbuf_addstr(&block, "x");
		const struct strbuf *texts[] = {&flow, &block};
		for (size_t k = 0; k < 2; k++) {
			struct parsed p;
			parsed_init(&p, strbuf_sv(texts[k]));
			assert_int_equal(p.status, v[i].status);
			if (v[i].status) {
				assert_non_null(strstr(p.messages.buf, "[CW-E005]"));
			}
			parsed_release(&p);
		}
		strbuf_release(&flow);
		strbuf_release(&block);
	}
}

static void large_mappings_are_not_slow(void **state)
{
	(void)state;
	enum { N = 100000 };
	struct strbuf text = STRBUF_INIT;
	for (int i = 0; i < N; i++) {
		strbuf_addf(&text, "key%d: v\n", i);
	}
	strbuf_addstr(&text, "key7: again\n");
	struct parsed p;
	clock_t begin = clock();
	parsed_init(&p, strbuf_sv(&text));
	double seconds = (double)(clock() - begin) / (double)CLOCKS_PER_SEC;
	assert_int_equal(p.status, -1);
	assert_int_equal(p.sink.errors, 1);
	assert_string_equal(p.messages.buf,
		"f:100001:1: error: the key \"key7\" stands twice [CW-E004]\n"
		"    key7: again\n"
		"    ^~~~\n"
		"f:8:1: note: first here\n"
		"    key7: v\n"
		"    ^~~~\n");
	assert_true(seconds < 10); /* it takes some 0.05 s; quadratic would be minutes */
	parsed_release(&p);
	strbuf_release(&text);
}

static void comments_behind_plain_texts(void **state)
{
	(void)state;
	struct parsed p;
	parsed_init(&p,
		SV("a: echo # x é\nb: echo#no\nc: 'x' # y\nd: one\n  two \t# z\ne: |\n"
		   "  t # u\nf: v\n# own line\ng: [h # i\n ]\nj: # k\nl: m"));
	assert_string_equal(p.messages.buf, "");
	struct span at;
	assert_true(yaml_comment_follows(&p.sources, parsed_at(&p, "a"), &at));
	assert_true(sv_eq_str(parsed_bytes(&p, at), "# x é"));
	assert_true(yaml_comment_follows(&p.sources, parsed_at(&p, "d"), &at));
	assert_true(sv_eq_str(parsed_bytes(&p, at), "# z"));
	assert_true(yaml_comment_follows(&p.sources, parsed_at(&p, "g/0"), NULL));
	static const char *const none[] = {"b", "c", "e", "f", "g", "l", ""};
	for (size_t i = 0; i < CW_ARRAY_LEN(none); i++) {
		assert_false(
			yaml_comment_follows(&p.sources, parsed_at(&p, none[i]), NULL));
	}
	parsed_release(&p);
}

static void bare_braces(void **state)
{
	(void)state;
	struct parsed p;
	parsed_init(&p, SV("a: {x}\nb: {x: 1}\nc: {}\nd: {x, y}\ne: {n,\\d+}\nf:\n  x:\n"
			   "g: '{x}'\nh: [x]\ni: {config.a.b}\n"));
	assert_string_equal(p.messages.buf, "");
	assert_true(yaml_is_bare_braces(parsed_at(&p, "a")));
	assert_true(yaml_is_bare_braces(parsed_at(&p, "d")));
	assert_true(yaml_is_bare_braces(parsed_at(&p, "e")));
	assert_true(yaml_is_bare_braces(parsed_at(&p, "i")));
	static const char *const none[] = {"b", "c", "f", "g", "h", ""};
	for (size_t i = 0; i < CW_ARRAY_LEN(none); i++) {
		assert_false(yaml_is_bare_braces(parsed_at(&p, none[i])));
	}
	parsed_release(&p);
}

/* The same tree as one made of every prefix: no prefix crashes or hangs. */
static void every_prefix_ends(void **state)
{
	(void)state;
	struct strview text =
		SV("\xef\xbb\xbfrules: &r # é\n  a: {in: [x, \"é\\u00e9\\\n y\"]}\n"
		   "  b: |2-\n      x\r\n   'y'\n  c: 'it''s'\n? d\n: <<: *r\n  e: "
		   "!!str\n...\n---\n");
	for (size_t n = 0; n <= text.n; n++) {
		struct parsed p;
		parsed_init(&p, sv_sub(text, 0, n));
		assert_int_equal(p.status == 0, p.sink.errors == 0);
		parsed_release(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scalars_are_text_as_written),
		cmocka_unit_test(styles_and_absence),
		cmocka_unit_test(empty_documents),
		cmocka_unit_test(order_and_lookup),
		cmocka_unit_test(spans_are_bytes),
		cmocka_unit_test(spans_of_blocks_end_with_their_text),
		cmocka_unit_test(spans_with_mark_crlf_and_wide_characters),
		cmocka_unit_test(aliases_share_the_node),
		cmocka_unit_test(merges),
		cmocka_unit_test(an_alias_bomb_is_refused),
		cmocka_unit_test(a_merge_bomb_is_refused),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(large_mappings_are_not_slow),
		cmocka_unit_test(comments_behind_plain_texts),
		cmocka_unit_test(bare_braces),
		cmocka_unit_test(every_prefix_ends),
	};
	return cmocka_run_group_tests_name("yaml_tree", tests, NULL, NULL);
}
