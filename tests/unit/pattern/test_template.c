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

static const struct strview two_paths[] = {SV_INIT("d/a b.tar.gz"), SV_INIT("-x")};

static const struct kit_value values[] = {
	{"sample", KIT_TEXT("s 1")},
	{"wildcards.sample", KIT_TEXT("s 1")},
	{"t", KIT_TEXT("7")},
	{"zero", KIT_TEXT("007")},
	{"word", KIT_TEXT("abc")},
	{"minus", KIT_TEXT("-3")},
	{"most", KIT_INT(INT64_MAX)},
	{"least", KIT_INT(INT64_MIN)},
	{"huge", KIT_TEXT("99999999999999999999")},
	{"half", KIT_REAL(0.5)},
	{"empty", KIT_TEXT("")},
	{"input", {.kind = VALUE_LIST, .is_path = true, .list = two_paths, .count = 2}},
	{"input[0]", KIT_PATH("d/a b.tar.gz")},
	{"input.bam", KIT_PATH("d/a b.tar.gz")},
	{"input.none",
		{.kind = VALUE_LIST, .is_path = true, .list = two_paths, .count = 0}},
	{"input.size_mb", KIT_INT(120)},
	{"attempt", KIT_INT(3)},
	{"threads", KIT_INT(4)},
	{"config.factor", KIT_TEXT("2.5")},
	{"config.samples[wildcards.sample]", KIT_TEXT("v")},
	{"env.HOME", {.kind = VALUE_TEXT, .verbatim = true, .text = SV_INIT("$HOME")}},
	{.ref = NULL},
};

struct row {
	const char *text, *want;
};

static void check(struct kit *k, enum template_use use, const struct row *rows, size_t n,
	bool as_path)
{
	for (size_t i = 0; i < n; i++) {
		struct template t = kit_parse(k, use, rows[i].text, NULL);
		const char *got = kit_render(k, &t, values, as_path);
		if (!got || strcmp(got, rows[i].want) != 0) {
			print_error("%s: %s\n", rows[i].text, got ? got : k->err.text);
		}
		assert_non_null(got);
		assert_string_equal(got, rows[i].want);
	}
}

static void texts_are_rendered(void **state)
{
	static const struct row rows[] = {
		{"", ""},
		{"plain", "plain"},
		{"a{{b}}c", "a{b}c"},
		{"{{{t}}}", "{7}"},
		{"{sample}/{wildcards.sample}", "s 1/s 1"},
		{"{ sample }", "s 1"},
		{"{input}", "d/a b.tar.gz -x"},
		{"{input:q}", "'d/a b.tar.gz' -x"},
		{"{input.none}.", "."},
		{"{config.samples[wildcards.sample]}", "v"},
		{"${t}", "$7"},
		{"{zero}", "007"},
		{"{half}", "0.5"},
	};
	check(*state, TEMPLATE_TEXT, rows, CW_ARRAY_LEN(rows), false);
}

static void expressions_are_computed(void **state)
{
	static const struct row rows[] = {
		{"{t-1}", "6"},
		{"{t - 1}", "6"},
		{"{2+3*t}", "23"},
		{"{(2+3)*t}", "35"},
		{"{-t+10}", "3"},
		{"{- -t}", "7"},
		{"{--t}", "7"},
		{"{10-t-1}", "2"},
		{"{100//t//2}", "7"},
		{"{-t//2}", "-4"},
		{"{t//-2}", "-4"},
		{"{-t%4}", "1"},
		{"{t%-4}", "-1"},
		{"{minus%5}", "2"},
		{"{t/2}", "3.5"},
		{"{(t+1)/2}", "4.0"},
		{"{t*0.1}", "0.7000000000000001"},
		{"{t//2.0}", "3.0"},
		{"{-t//2.0}", "-4.0"},
		{"{-t%4.0}", "1.0"},
		{"{attempt*2000}", "6000"},
		{"{max(1000, 2*input.size_mb)}", "1000"},
		{"{max(1000, 2*input.size_mb, t*1e3)}", "7000.0"},
		{"{min(t,3,5)}", "3"},
		{"{min(t)}", "7"},
		{"{max(min(t, 3), min(9, 2))-1}", "2"},
		{"{config.factor*2}", "5.0"},
		{"{most-1}", "9223372036854775806"},
		{"{least//1}", "-9223372036854775808"},
		{"{least%-1}", "0"},
		{"{zero+1:03d}", "008"},
		{"{zero:03d}", "007"},
		{"{zero+1:3d}", "  8"},
		{"{1e3*t}", "7000.0"},
	};
	check(*state, TEMPLATE_TEXT, rows, CW_ARRAY_LEN(rows), false);
}

static void formats_are_applied(void **state)
{
	static const struct row rows[] = {
		{"{t:03d}", "007"},
		{"{t:+d}", "+7"},
		{"{t:-4d}|", "7   |"},
		{"{t:.3f}", "7.000"},
		{"{t/2:.3f}", "3.500"},
		{"{half:g}", "0.5"},
		{"{half:e}", "5.000000e-01"},
		{"{t*100:x}", "2bc"},
		{"{t*100:#X}", "0X2BC"},
		{"{t:o}", "7"},
		{"{(t+1)/2:d}", "4"},
		{"{word:5s}|", "  abc|"},
		{"{word:-5s}|", "abc  |"},
		{"{word:.2s}|", "ab|"},
		{"{word:s}|", "abc|"},
		{"{input[0]:dir}", "d"},
		{"{input[0]:name}", "a b.tar.gz"},
		{"{input[0]:stem}", "a b.tar"},
		{"{input[0]:ext}", ".gz"},
		{"{word:dir}", "."},
		{"{word:ext}", ""},
		{"{input:name}", "a b.tar.gz -x"},
		{"{input:dir}", "d ."},
		{"{input:list}", "many.list"},
		{"{word:raw}", "abc"},
	};
	check(*state, TEMPLATE_TEXT, rows, CW_ARRAY_LEN(rows), false);
}

static void paths_want_integers(void **state)
{
	static const struct row good[] = {
		{"gen_{t-1}.txt", "gen_6.txt"},
		{"gen_{(t+1)/2}.txt", "gen_4.txt"},
		{"gen_{t/2:.2f}.txt", "gen_3.50.txt"},
		{"gen_{zero-1:03d}", "gen_006"},
		{"{minus}", "-3"},
	};
	static const struct {
		const char *text;
		enum render_fault fault;
		const char *want;
	} bad[] = {
		{"gen_{t-8}", RENDER_NOT_APPLY, "the result is negative: -1"},
		{"gen_{t/2}", RENDER_NOT_APPLY, "the result is no integer: 3.5"},
		{"gen_{word-1}", RENDER_NOT_APPLY, "\"abc\" is no integer"},
		{"gen_{empty-1}", RENDER_NOT_APPLY, "\"\" is no integer"},
		{"gen_{zero-1}", RENDER_ERROR,
			"\"007\" has leading zeros, so the result needs a width, as in "
			"{t-1:03d}"},
		{"gen_{most+1}", RENDER_ERROR, "the result does not fit into 64 bits"},
		{"gen_{least-1}", RENDER_ERROR, "the result does not fit into 64 bits"},
		{"gen_{most*2}", RENDER_ERROR, "the result does not fit into 64 bits"},
		{"gen_{-least}", RENDER_ERROR, "the result does not fit into 64 bits"},
		{"gen_{least//-1}", RENDER_ERROR, "the result does not fit into 64 bits"},
		{"gen_{huge+1}", RENDER_ERROR,
			"\"99999999999999999999\" does not fit into 64 bits"},
		{"gen_{t//0}", RENDER_ERROR, "division by zero"},
		{"gen_{t%(t-7)}", RENDER_ERROR, "division by zero"},
		{"gen_{t/0}", RENDER_ERROR, "division by zero"},
		{"gen_{t*1e308*1e308}", RENDER_ERROR,
			"the result is too large for a float"},
		{"gen_{word:03d}", RENDER_ERROR, "\"abc\" is no integer"},
		{"gen_{minus:x}", RENDER_ERROR,
			"\"-3\" is negative and cannot be formatted as \"x\""},
		{"gen_{half:d}", RENDER_ERROR,
			"\"0.5\" is no integer and cannot be formatted as \"d\""},
		{"gen_{input+1}", RENDER_ERROR,
			"several items cannot be computed with; take one, as in {input[0]}"},
	};
	struct kit *k = *state;
	check(k, TEMPLATE_TEXT, good, CW_ARRAY_LEN(good), true);
	for (size_t i = 0; i < CW_ARRAY_LEN(bad); i++) {
		struct template t = kit_parse(k, TEMPLATE_TEXT, bad[i].text, NULL);
		assert_null(kit_render(k, &t, values, true));
		assert_string_equal(k->err.text, bad[i].want);
		assert_int_equal(k->err.fault, bad[i].fault);
		assert_true(k->err.off >= 4);
	}
	struct template t = kit_parse(k, TEMPLATE_TEXT, "{word-1}", NULL);
	assert_null(kit_render(k, &t, values, false));
	assert_int_equal(k->err.fault, RENDER_ERROR);
	t = kit_parse(k, TEMPLATE_TEXT, "{t-9}", NULL);
	assert_string_equal(kit_render(k, &t, values, false), "-2");
}

static void commands_are_quoted(void **state)
{
	static const struct row rows[] = {
		{"cat {input}", "cat 'd/a b.tar.gz' ./-x"},
		{"cat \"{input[0]}\"", "cat \"d/a b.tar.gz\""},
		{"cat '{input[0]}'", "cat 'd/a b.tar.gz'"},
		{"cat --in={input[0]}", "cat --in='d/a b.tar.gz'"},
		{"echo {t}>out", "echo '7'>out"},
		{"echo {t} >out", "echo 7 >out"},
		{"sort -j {threads}", "sort -j 4"},
		{"sort -j{threads} -o {word}.txt", "sort -j4 -o abc.txt"},
		{"i{word} {word}f ~{word}", "i'abc' 'abc'f ~'abc'"},
		{"cp x/{word}_{t}.txt --to={word}", "cp x/'abc'_'7'.txt --to=abc"},
		{"echo {t}2>x; {t};{t}|(cat {t})", "echo '7'2>x; 7;7|(cat 7)"},
		{"{word}=1 cmd", "'abc'=1 cmd"},
		{"echo {empty} {input.none} x", "echo ''  x"},
		{"echo \"$x{word}\" $x{word}", "echo \"$x\"\"abc\" $x'abc'"},
		{"echo {word:raw}{empty:raw} {input:raw}", "echo abc d/a b.tar.gz -x"},
		{"awk '{{print $1}}' {word}", "awk '{print $1}' abc"},
		{"echo {env.HOME} \"{env.HOME}\" '{env.HOME}'",
			"echo \"$HOME\" \"${HOME}\" ''\"$HOME\"''"},
		{"cat <<E\n{sample}\nE\n", "cat <<E\ns 1\nE\n"},
		{"echo $(( {t} + {minus} ))", "echo $(( 7 + (-3) ))"},
		{"echo `date {word:raw}`", "echo `date abc`"},
		{"xargs < {input:list}", "xargs < many.list"},
		{"echo {input:stem}", "echo 'a b.tar' -x"},
		{"echo {input:dir}", "echo d ."},
		{"# {sample}\necho", "# s 1\necho"},
	};
	check(*state, TEMPLATE_SHELL, rows, CW_ARRAY_LEN(rows), false);
}

static void heredocs_keep_their_ends(void **state)
{
	struct kit *k = *state;
	struct kit_value v[] = {{"x", KIT_TEXT("a\nEOF\nb")}, {.ref = NULL}};
	static const char end[] =
		"a line of this value is the delimiter of the here-document";
	struct template t = kit_parse(k, TEMPLATE_SHELL, "cat <<EOF\n{x}\nEOF\n", NULL);
	assert_null(kit_render(k, &t, v, false));
	assert_string_equal(k->err.text, end);
	t = kit_parse(k, TEMPLATE_SHELL, "cat <<'EOF'\n{x}\nEOF\n", NULL);
	assert_null(kit_render(k, &t, v, false));
	v[0].value.text = SV("OF");
	t = kit_parse(k, TEMPLATE_SHELL, "cat <<EOF\nE{x}\nEOF\n", NULL);
	assert_null(kit_render(k, &t, v, false));
	t = kit_parse(k, TEMPLATE_SHELL, "cat <<EOF\n.E{x}\nEOF\n", NULL);
	assert_string_equal(kit_render(k, &t, v, false), "cat <<EOF\n.EOF\nEOF\n");
	v[0].value.text = SV("E\xc3\xa9");
	t = kit_parse_shell(k, SHELL_DASH, "cat <<EOF\n{x}\nEOF\n", NULL);
	assert_null(kit_render(k, &t, v, false));
	t = kit_parse(k, TEMPLATE_SHELL, "cat <<EOF\n{x}\nEOF\n", NULL);
	assert_non_null(kit_render(k, &t, v, false));
	v[0].value.text = SV("a\n\tb");
	t = kit_parse(k, TEMPLATE_SHELL, "cat <<-EOF\n\t{x}\n\tEOF\n", NULL);
	assert_null(kit_render(k, &t, v, false));
	assert_string_equal(k->err.text,
		"a line of this value begins with a tab, which <<- takes away; write <<");
	v[0].value.text = SV("a\tb$HOME`x`\\");
	assert_string_equal(kit_render(k, &t, v, false),
		"cat <<-EOF\n\ta\tb\\$HOME\\`x\\`\\\\\n\tEOF\n");
}

static void redirections_are_seen(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} rows[] = {
		{"cat > {x}", true},
		{"cat >{x}", true},
		{"cat >> \"{x}\"", true},
		{"cat < d/{x}", true},
		{"cat <<< {x}", true},
		{"cat 2>&1 {x}", false},
		{"cat > a {x}", false},
		{"cat &> {x}", true},
		{"cat >| {x}", true},
		{"cat <({x})", false},
		{"[[ a < {x} ]]", false},
		{"cat > a; {x}", false},
		{"cat 2> {x}", true},
		{"cat > $(f {x})", false},
		{"cat {x} > a", false},
	};
	struct kit *k = *state;
	for (size_t i = 0; i < CW_ARRAY_LEN(rows); i++) {
		struct template t = kit_parse(k, TEMPLATE_SHELL, rows[i].text, NULL);
		assert_int_equal(t.pieces[1].after_redirect, rows[i].want);
	}
}

static void faults_are_shown_in_place(void **state)
{
	static const struct row any[] = {
		{"a{", "2-1: this { is never closed; write {{ for a literal brace"},
		{"a}b", "2-1: this } closes nothing; write }} for a literal brace"},
		{"a{}b",
			"2-2: empty braces are no reference; write {{}} for literal braces"},
		{"{3}", "1-3: braces hold a reference, and there is none in these; write {{3}} "
			"for literal braces"},
		{"{1,5}",
			"3-1: a comma stands between arguments of min and max only; "
			"constraints belong into output; write {{1,5}} for literal braces"},
		{"{a,b}",
			"3-2: constraints of wildcards belong into output, log, benchmark or "
			"wildcard_constraints; write {{a,b}} for literal braces"},
		{"{n,\\d{3}}",
			"3-6: constraints of wildcards belong into output, log, benchmark "
			"or wildcard_constraints; write {{n,\\d{{3}}}} for literal "
			"braces"},
		{"{print $1}",
			"8-1: an operator or the end must stand here; write {{print $1}} "
			"for literal braces"},
		{"{t-}",
			"4-0: a reference or a number must stand here; write {{t-}} for literal "
			"braces"},
		{"{(t}", "2-1: nothing closes this (; write {{(t}} for literal braces"},
		{"{t)}", "3-1: nothing opens this ); write {{t)}} for literal braces"},
		{"{abs(t)}", "2-3: there are two functions, min(...) and max(...); write "
			     "{{abs(t)}} for literal braces"},
		{"{t:03}",
			"4-2: format \"03\" has no letter at its end; write one of d i f g e s "
			"x X o behind it"},
		{"{t:nmae}", "4-4: unknown format \"nmae\"; did you mean \"name\"?"},
		{"{t:%n}",
			"4-2: unknown format \"%n\"; there are printf formats such as 03d, "
			".3f and s, and raw q dir name stem ext list"},
		{"{t:9999d}", "4-5: format \"9999d\" is too wide"},
		{"{t:}",
			"4-0: format \"\" has no letter at its end; write one of d i f g e s x "
			"X o behind it"},
		{"{99999999999999999999+t}", "2-20: this number is too large"},
		{"{expand}",
			"2-6: \"expand\" is a word of the language and no reference; call "
			"the wildcard something else"},
		{"{config}", "2-6: \"config\" needs a key behind it; write {config.KEY}"},
		{"{wildcards}", "2-9: \"wildcards\" needs a name behind it; write "
				"{wildcards.NAME}"},
		{"{threads.x}", "2-9: \"threads.x\" has too much behind it"},
		{"{input[x]}", "2-8: \"input[x]\" needs an integer between the brackets"},
		{"{input.a.b}", "2-9: \"input.a.b\" has two names; write {input.NAME}"},
		{"{workflow.name}", "2-13: \"workflow.name\" does not exist; write "
				    "{workflow.dir}"},
		{"{config.a[}", "10-1: this [ has no ] in the same braces"},
		{"{config.a[]}",
			"10-2: an index is an integer, a key, or a reference such as "
			"wildcards.NAME"},
		{"{config.}",
			"8-1: a name must stand behind this dot; keys of other characters "
			"go into brackets, as in {config[max-reads]}"},
		{"{config.a[wildcards.x}",
			"22-1: a ] must stand here, behind the reference in "
			"brackets"},
		{"{a{b}",
			"3-1: an operator or the end must stand here; write {{a{{b}} for "
			"literal braces"},
		{"{} {3} }",
			"1-2: empty braces are no reference; write {{}} for literal "
			"braces\n4-3: braces hold a reference, and there is none in these; "
			"write {{3}} for literal braces\n8-1: this } closes nothing; write "
			"}} for a literal brace"},
	};
	struct kit *k = *state;
	for (size_t i = 0; i < CW_ARRAY_LEN(any); i++) {
		kit_parse(k, TEMPLATE_TEXT, any[i].text, any[i].want);
	}
}

static void faults_of_patterns_and_commands(void **state)
{
	static const struct row pattern[] = {
		{"{t-1}",
			"2-3: a pattern holds wildcards and config, no expressions; compute in "
			"input or params"},
		{"{t:03d}", "3-4: a pattern has no formats"},
		{"{input}",
			"2-5: a pattern holds wildcards and config only, not \"input\""},
		{"{a.b}",
			"2-3: \"a.b\" is no wildcard; a pattern holds {NAME} and {config.KEY}"},
		{"{config.a[wildcards.x]}",
			"2-21: a pattern cannot look into config by what a "
			"job has"},
		{"{x,}",
			"1-4: the constraint behind the comma is empty; leave the comma out"},
		{"{config.a,b}", "2-8: only a wildcard can have a constraint"},
	};
	static const struct row shell[] = {
		{"echo ${X}",
			"6-4: ${...} is the shell's, and braces are read here first; write "
			"${{X}}"},
		{"awk '{ print }'",
			"6-9: a reference in a command has no blanks at its ends; "
			"write {{ print }} for literal braces"},
		{"echo `{x}`",
			"7-3: no name can be quoted for sure inside `...`; write $(...)"},
		{"echo $'{x}'",
			"8-3: no name can be quoted for sure inside $'...'; write '...'"},
		{"echo ${{a:-{x}}}",
			"12-3: no name can be quoted for sure inside ${...}; put it "
			"into a variable first"},
		{"echo \"${{a:-\"{x}\"}}\"",
			"14-3: no name can be quoted for sure inside "
			"${...}; put it into a variable first"},
		{"echo \\{x}",
			"7-3: a backslash stands right before this reference; leave it "
			"out, names are quoted anyway"},
		{"cat <<{x}\n",
			"7-3: the delimiter of a here-document must be a plain word"},
		{"cat <<E\n$a{x}\nE\n",
			"11-3: this reference would go on with the variable's "
			"name before it; write ${{NAME}} there"},
		{"echo '{x}",
			"1-9: the command ends inside '...', so its references cannot be "
			"quoted"},
		{"cat <<E\n{x}\n",
			"1-12: the command ends inside a here-document, so its "
			"references cannot be quoted"},
		{"echo {env.X:s}",
			"6-9: the shell puts {env...} in, so it has no format"},
		{"echo {env.X*2}",
			"7-5: the shell puts {env...} in, so it cannot be computed "
			"with"},
	};
	struct kit *k = *state;
	for (size_t i = 0; i < CW_ARRAY_LEN(pattern); i++) {
		kit_parse(k, TEMPLATE_PATTERN, pattern[i].text, pattern[i].want);
	}
	for (size_t i = 0; i < CW_ARRAY_LEN(shell); i++) {
		kit_parse(k, TEMPLATE_SHELL, shell[i].text, shell[i].want);
	}
}

static void references_are_taken_apart(void **state)
{
	struct kit *k = *state;
	struct template t = kit_parse(k, TEMPLATE_TEXT,
		"{input.bam[2]}{config.a[0][max-reads][wildcards.s].b}{samples.fq}{params}"
		"{config.a[params.x[config.k]]}{config.a[x.y]}",
		NULL);
	assert_int_equal(t.count, 6);
	const struct ref *in = t.pieces[0].expr->ref;
	assert_int_equal(in->kind, REF_INPUT);
	assert_true(sv_eq_str(in->name, "bam"));
	assert_int_equal(in->step_count, 1);
	assert_int_equal(in->steps[0].index, 2);
	const struct ref *config = t.pieces[1].expr->ref;
	assert_int_equal(config->kind, REF_CONFIG);
	assert_int_equal(config->step_count, 5);
	assert_true(sv_eq_str(config->steps[0].name, "a"));
	assert_int_equal(config->steps[1].index, 0);
	assert_true(sv_eq_str(config->steps[1].text, "0"));
	assert_true(sv_eq_str(config->steps[2].name, "max-reads"));
	assert_int_equal(config->steps[3].inner->kind, REF_WILDCARD);
	assert_true(sv_eq_str(config->steps[3].inner->name, "s"));
	assert_true(sv_eq_str(config->steps[4].name, "b"));
	const struct ref *column = t.pieces[2].expr->ref;
	assert_int_equal(column->kind, REF_WILDCARD);
	assert_true(sv_eq_str(column->name, "samples"));
	assert_true(sv_eq_str(column->steps[0].name, "fq"));
	assert_int_equal(t.pieces[3].expr->ref->kind, REF_PARAMS);
	const struct ref *nested = t.pieces[4].expr->ref->steps[1].inner;
	assert_int_equal(nested->kind, REF_PARAMS);
	assert_int_equal(nested->steps[0].inner->kind, REF_CONFIG);
	assert_true(sv_eq_str(t.pieces[5].expr->ref->steps[1].name, "x.y"));
	assert_true(template_reserved(SV("lookup")));
	assert_false(template_reserved(SV("sample")));
}

static void depth_is_bounded(void **state)
{
	struct kit *k = *state;
	struct strbuf text = STRBUF_INIT;
	strbuf_addstr(&text, "{t");
	for (int i = 0; i < 98; i++) {
		strbuf_addstr(&text, "+t");
	}
	strbuf_addstr(&text, "}");
	struct template t = kit_parse(k, TEMPLATE_TEXT, text.buf, NULL);
	assert_string_equal(kit_render(k, &t, values, false), "693");
	struct diag_sink *sink = &k->sink;
	for (int kind = 0; kind < 4; kind++) {
		static const char *const parts[][3] = {{"{t", "+t", "}"},
			{"{", "-", "t}"}, {"{", "(", "t}"},
			{"{config", "[config.a", "}"}};
		strbuf_reset(&text);
		strbuf_addstr(&text, parts[kind][0]);
		for (int i = 0; i < 100000; i++) {
			strbuf_addstr(&text, parts[kind][1]);
		}
		strbuf_addstr(&text, parts[kind][2]);
		uint32_t before = sink->errors;
		k->source = source_add(&k->sources, "x", strbuf_sv(&text));
		struct template ignored;
		assert_int_equal(
			template_parse(sink, &k->arena, strbuf_sv(&text), TEMPLATE_TEXT,
				SHELL_BASH, NULL, kit_origin(k), &ignored),
			-1);
		assert_true(sink->errors > before);
	}
	strbuf_release(&text);
}

static void paths_are_cleaned(void **state)
{
	static const struct row rows[] = {
		{"./a//{t}/./b/.", "a/7/b"},
		{"a/{t}/", "a/7"},
		{"/a/./{t}", "/a/7"},
		{"//a", "/a"},
		{"a/.{t}", "a/.7"},
		{"{t}/", "7"},
		{"{t}//x", "7/x"},
		{"a/../{t}", "a/../7"},
		{"././a", "a"},
		{"a.", "a."},
		{"{t}.", "7."},
		{"/", "/"},
	};
	struct kit *k = *state;
	for (size_t i = 0; i < CW_ARRAY_LEN(rows); i++) {
		struct template t = kit_parse(k, TEMPLATE_TEXT, rows[i].text, NULL);
		template_clean_path(&k->arena, &t, false);
		assert_string_equal(kit_render(k, &t, values, true), rows[i].want);
	}
	struct template t = kit_parse(k, TEMPLATE_TEXT, "./a/{t}//", NULL);
	template_clean_path(&k->arena, &t, true);
	assert_string_equal(kit_render(k, &t, values, true), "a/7/");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(texts_are_rendered),
		TEST(expressions_are_computed),
		TEST(formats_are_applied),
		TEST(paths_want_integers),
		TEST(commands_are_quoted),
		TEST(heredocs_keep_their_ends),
		TEST(redirections_are_seen),
		TEST(faults_are_shown_in_place),
		TEST(faults_of_patterns_and_commands),
		TEST(references_are_taken_apart),
		TEST(depth_is_bounded),
		TEST(paths_are_cleaned),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
