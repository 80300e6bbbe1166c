#include "yaml_helper.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* A text, and all that is said about it: places, words and codes, without the lines. */
struct fault {
	struct strview text;
	const char *words;
};

/* clang-format off */
static const struct fault faults[] = {
	{SV_INIT("a: {x}.txt\n"),
		"1:4: error: a value that begins with { is a mapping to YAML; put it in quotes: \"{x}.txt\" [CW-E003]"},
	{SV_INIT("out: {x}/{y}.txt # c\n"),
		"1:6: error: a value that begins with { is a mapping to YAML; put it in quotes: \"{x}/{y}.txt\" [CW-E003]"},
	{SV_INIT("a: {x} > {y}\n"),
		"1:4: error: a value that begins with { is a mapping to YAML; put it in quotes: \"{x} > {y}\" [CW-E003]"},
	{SV_INIT("a: {n,\\d+}.txt\n"),
		"1:4: error: a value that begins with { is a mapping to YAML; put it in quotes: '{n,\\d+}.txt' [CW-E003]"},
	{SV_INIT("a: [x].txt\n"),
		"1:4: error: a value that begins with [ is a list to YAML; put it in quotes: \"[x].txt\" [CW-E003]"},
	{SV_INIT("{x}.txt: a\n"),
		"1:1: error: a value that begins with { is a mapping to YAML; put it in quotes: \"{x}.txt\" [CW-E003]"},
	{SV_INIT("- {x}.txt\n"),
		"1:3: error: a value that begins with { is a mapping to YAML; put it in quotes: \"{x}.txt\" [CW-E003]"},
	{SV_INIT("shell: {tool} 'a' \"b\"\n"),
		"1:8: error: a value that begins with { is a mapping to YAML; put it in quotes: '{tool} ''a'' \"b\"' [CW-E003]"},
	{SV_INIT("shell: {tool} @x\n"),
		"1:8: error: a value that begins with { is a mapping to YAML; put it in quotes: \"{tool} @x\" [CW-E003]"},
	{SV_INIT("a: [a/{x}.txt]\n"),
		"1:5: error: braces and brackets inside a text make it no text to YAML; put it in quotes: \"a/{x}.txt\" [CW-E003]"},
	{SV_INIT("a: {p: a/{x}.txt, t: true}\n"),
		"1:8: error: braces and brackets inside a text make it no text to YAML; put it in quotes: \"a/{x}.txt\" [CW-E003]"},
	{SV_INIT("a: [{x}.txt, b]\n"),
		"1:5: error: braces and brackets inside a text make it no text to YAML; put it in quotes: \"{x}.txt\" [CW-E003]"},
	{SV_INIT("a: [\n  a/{b}.txt,\n  c]\n"),
		"2:3: error: braces and brackets inside a text make it no text to YAML; put it in quotes: \"a/{b}.txt\" [CW-E003]"},
	{SV_INIT("a: [x: y: z]\n"),
		"1:8: error: a text that holds \": \" is a key and a value to YAML; put it in quotes: \"y: z\" [CW-E003]"},
	{SV_INIT("a: [x, , y]\n"),
		"1:8: error: a value is missing before this [CW-E002]"},
	{SV_INIT("a: [x, y\nb: c\n"),
		"1:4: error: this [ is never closed [CW-E002]\n"
		"2:2: note: a key begins on this line"},
	{SV_INIT("a: {b: c\nd: e\n"),
		"1:4: error: this { is never closed [CW-E002]\n"
		"2:2: note: a key begins on this line"},
	{SV_INIT("a: [[[\n"),
		"1:6: error: this [ is never closed [CW-E002]"},
	{SV_INIT("a: [x\n"),
		"1:4: error: this [ is never closed [CW-E002]"},
	{SV_INIT("a: {{x}}.txt\n"),
		"1:4: error: a key must be a text, not a mapping; if this is a text, put it in quotes: \"{{x}}.txt\" [CW-E009]"},
	{SV_INIT("{x}: b\n"),
		"1:1: error: a key must be a text, not a mapping; if this is a text, put it in quotes: \"{x}\" [CW-E009]"},
	{SV_INIT("? [a]\n: b\n"),
		"1:3: error: a key must be a text, not a list; if this is a text, put it in quotes: \"[a]\" [CW-E009]"},
	{SV_INIT("a: {: b}\n"),
		"1:5: error: a value is missing before this [CW-E002]"},
	{SV_INIT("a: \"{n,\\d+}\"\n"),
		"1:8: error: a backslash in double quotes begins an escape, and this is none; write single quotes: '{n,\\d+}', or \\\\ for a backslash [CW-E003]"},
	{SV_INIT("a: [\"\\.txt\"]\n"),
		"1:6: error: a backslash in double quotes begins an escape, and this is none; write single quotes: '\\.txt', or \\\\ for a backslash [CW-E003]"},
	{SV_INIT("a: \"C:\\Users\"\n"),
		"1:7: error: a backslash in double quotes begins an escape, and this is none; write single quotes: 'C:\\Users', or \\\\ for a backslash [CW-E003]"},
	{SV_INIT("a: \"it's \\d\"\n"),
		"1:10: error: a backslash in double quotes begins an escape, and this is none; write single quotes: 'it''s \\d', or \\\\ for a backslash [CW-E003]"},
	{SV_INIT("a: b: c\n"),
		"1:4: error: the value holds \": \", which makes a key of what stands before it; put it in quotes: \"b: c\" [CW-E003]"},
	{SV_INIT("é: 日本 : c\n"),
		"1:4: error: the value holds \": \", which makes a key of what stands before it; put it in quotes: \"日本 : c\" [CW-E003]"},
	{SV_INIT("- - b: c: d\n"),
		"1:8: error: the value holds \": \", which makes a key of what stands before it; put it in quotes: \"c: d\" [CW-E003]"},
	{SV_INIT("a: echo \"x\": b\n"),
		"1:4: error: the value holds \": \", which makes a key of what stands before it; put it in quotes: 'echo \"x\": b' [CW-E003]"},
	{SV_INIT("a: x\n  b: c\n"),
		"2:3: error: a key cannot stand inside the value above; indent it as the keys beside it, or put a text of several lines in quotes or below \"key: |\" [CW-E002]\n"
		"1:4: note: the value above"},
	{SV_INIT("a: x\n  # c\n\n  b: c\n"),
		"4:3: error: indented by 2, but the keys beside it by 0 [CW-E002]\n"
		"1:1: note: the mapping begins here"},
	{SV_INIT("a: one\n  two: three\n"),
		"2:3: error: a key cannot stand inside the value above; indent it as the keys beside it, or put a text of several lines in quotes or below \"key: |\" [CW-E002]\n"
		"1:4: note: the value above"},
	{SV_INIT("a:b\nc: d\n"),
		"1:2: error: a blank is missing behind the colon: \"a: ...\" [CW-E002]"},
	{SV_INIT("a: b\nfoo\nc: d\n"),
		"2:1: error: this line is neither \"key: value\" nor \"- item\"; a longer text goes in quotes or indented below \"key: |\" [CW-E002]"},
	{SV_INIT("a: b\nfoo:bar\nc: d\n"),
		"2:4: error: a blank is missing behind the colon: \"foo: ...\" [CW-E002]"},
	{SV_INIT("r:\n\ta: b\n"),
		"2:1: error: a tab cannot indent in YAML; write spaces [CW-E003]"},
	{SV_INIT("a: |\n\tx\n"),
		"2:1: error: a tab cannot indent in YAML; write spaces [CW-E003]"},
	{SV_INIT("a:\n  b: x\n\tc: d\n"),
		"3:1: error: a tab cannot indent in YAML; write spaces [CW-E003]"},
	{SV_INIT("a:\n\t\t- b\n"),
		"2:1: error: a tab cannot indent in YAML; write spaces [CW-E003]"},
	{SV_INIT("a: @x\n"),
		"1:4: error: a value cannot begin with @ in YAML; put it in quotes: \"@x\" [CW-E003]"},
	{SV_INIT("a: `x`\n"),
		"1:4: error: a value cannot begin with ` in YAML; put it in quotes: \"`x`\" [CW-E003]"},
	{SV_INIT("a: %x\n"),
		"1:4: error: a value cannot begin with % in YAML; put it in quotes: \"%x\" [CW-E003]"},
	{SV_INIT("%x: a\n"),
		"1:1: error: a line that begins with % is a directive to YAML; put its first word in quotes [CW-E003]"},
	{SV_INIT("a: *.txt\n"),
		"1:4: error: a value that begins with * is an alias to YAML; put it in quotes: \"*.txt\" [CW-E003]"},
	{SV_INIT("a: [*.txt, b]\n"),
		"1:5: error: a value that begins with * is an alias to YAML; put it in quotes: \"*.txt\" [CW-E003]"},
	{SV_INIT("a: &> log\n"),
		"1:4: error: a value that begins with & is an anchor to YAML; put it in quotes: \"&> log\" [CW-E003]"},
	{SV_INIT("a: !x!y\n"),
		"1:4: error: a value that begins with ! is a tag to YAML; put it in quotes: \"!x!y\" [CW-E003]"},
	{SV_INIT("a: !<x\n"),
		"1:4: error: a value that begins with ! is a tag to YAML; put it in quotes: \"!<x\" [CW-E003]"},
	{SV_INIT("a: !foo bar\n"),
		"1:4: error: a value that begins with ! is a tag to YAML; put it in quotes: \"!foo bar\" [CW-E007]"},
	{SV_INIT("a: !!int 4\n"),
		"1:4: error: tags are not used: every value is text as written; remove the tag [CW-E007]"},
	{SV_INIT("a: > out\n"),
		"1:4: error: a value that begins with > is a block whose text begins on the next line; put it in quotes: \"> out\" [CW-E003]"},
	{SV_INIT("a: |foo\n  x\n"),
		"1:4: error: a value that begins with | is a block whose text begins on the next line; put it in quotes: \"|foo\" [CW-E003]"},
	{SV_INIT("a: ? b\n"),
		"1:4: error: a value that begins with ? is a key to YAML; put it in quotes: \"? b\" [CW-E003]"},
	{SV_INIT("a: - b\n"),
		"1:4: error: a list begins on the line below its key; in the line it is written [a, b], and a text that begins with - in quotes [CW-E002]"},
	{SV_INIT("a: ]\n"),
		"1:4: error: a value cannot begin with ] in YAML; put it in quotes: \"]\" [CW-E003]"},
	{SV_INIT("a: }x\n"),
		"1:4: error: a value cannot begin with } in YAML; put it in quotes: \"}x\" [CW-E003]"},
	{SV_INIT("a: , b\n"),
		"1:4: error: a value cannot begin with a comma in YAML; put it in quotes: \", b\" [CW-E003]"},
	{SV_INIT("a: [b,\n  @c]\n"),
		"2:3: error: a value cannot begin with @ in YAML; put it in quotes: \"@c\" [CW-E003]"},
	{SV_INIT("a: 'x\nb: c\n"),
		"1:4: error: this quote is never closed [CW-E002]"},
	{SV_INIT("\"a\n"),
		"1:1: error: this quote is never closed [CW-E002]"},
	{SV_INIT("a: \"x\n--- y\n"),
		"1:4: error: this quote is never closed [CW-E002]"},
	{SV_INIT("a: \"x\nb: \"c\"\n"),
		"1:4: error: this quote is closed on a later line only, and text follows there [CW-E002]\n"
		"2:5: note: this text"},
	{SV_INIT("a: \"x\" y\n"),
		"1:8: error: the text in quotes ends before this; put the whole text in quotes: '\"x\" y' [CW-E003]\n"
		"1:4: note: it begins here; a quote inside is written \\\""},
	{SV_INIT("a: 'it's'\n"),
		"1:8: error: the text in quotes ends before this; put the whole text in quotes: \"it's\" [CW-E003]\n"
		"1:4: note: it begins here; a quote inside is written ''"},
	{SV_INIT("a: \"b\"c\n"),
		"1:7: error: the text in quotes ends before this; put the whole text in quotes: '\"b\"c' [CW-E003]\n"
		"1:4: note: it begins here; a quote inside is written \\\""},
	{SV_INIT("a: {x: \"a\"b}\n"),
		"1:11: error: the text in quotes ends before this; put the whole text in quotes: '\"a\"b' [CW-E003]\n"
		"1:8: note: it begins here; a quote inside is written \\\""},
	{SV_INIT("a: [ \"x\" y ]\n"),
		"1:10: error: the text in quotes ends before this; put the whole text in quotes: '\"x\" y' [CW-E003]\n"
		"1:6: note: it begins here; a quote inside is written \\\""},
	{SV_INIT("a: \"$T\" {x} \"{y}\"\n"),
		"1:9: error: the text in quotes ends before this; put the whole text in quotes: '\"$T\" {x} \"{y}\"' [CW-E003]\n"
		"1:4: note: it begins here; a quote inside is written \\\""},
	{SV_INIT(" a: x\nb: c\n"),
		"2:1: error: indented by 0, but the first key of the file by 1 [CW-E002]\n"
		"1:2: note: the file begins here"},
	{SV_INIT("a:\n    b: x\n  c: d\n"),
		"3:3: error: indented by 2, but the keys beside it by 0 [CW-E002]\n"
		"1:1: note: the mapping begins here\n"
		"2:5: note: the line above is indented by 4"},
	{SV_INIT("a: b\n}\n"),
		"2:1: error: nothing is open that this } closes [CW-E002]"},
	{SV_INIT("- a\nb: c\n"),
		"2:1: error: a list item, \"- ...\", is expected here [CW-E002]\n"
		"1:1: note: the list begins here"},
	{SV_INIT("a: b\n- c\n"),
		"2:1: error: a key, \"key: ...\", is expected here [CW-E002]\n"
		"1:1: note: the mapping begins here"},
	{SV_INIT("a:\n  - b\n  c: d\n"),
		"3:3: error: a list item, \"- ...\", is expected here [CW-E002]\n"
		"2:3: note: the list begins here"},
	{SV_INIT("{a: b}\nc: d\n"),
		"2:1: error: nothing can follow the value that the file begins with [CW-E002]\n"
		"1:1: note: the file begins here"},
	{SV_INIT("a: &x &y b\n"),
		"1:7: error: this does not belong to the value before it; put the whole text in quotes [CW-E002]"},
	{SV_INIT("a: *x\n"),
		"1:4: error: nothing is named &x; a text that begins with * is put in quotes: \"*x\" [CW-E006]"},
	{SV_INIT("a: &name b\nc: *nmae\n"),
		"2:4: error: nothing is named &nmae; did you mean *name? [CW-E006]"},
	{SV_INIT("a: &x [*x]\n"),
		"1:8: error: the alias *x stands inside the value that it names [CW-E006]\n"
		"1:7: note: which begins here"},
	{SV_INIT("a: 1\nb: 2\na: 3\n"),
		"3:1: error: the key \"a\" stands twice [CW-E004]\n"
		"1:1: note: first here"},
	{SV_INIT("a: {b: 1, b: 2}\n"),
		"1:11: error: the key \"b\" stands twice [CW-E004]\n"
		"1:5: note: first here"},
	{SV_INIT("a: &a {}\nb: {<<: *a, <<: *a}\n"),
		"2:13: error: the key << stands twice; write one with a list: <<: [*a, *b] [CW-E004]\n"
		"2:5: note: first here"},
	{SV_INIT("a: {<<: b}\n"),
		"1:9: error: << takes a mapping or a list of mappings, not a text [CW-E006]"},
	{SV_INIT("a: {<<: [{}, b]}\n"),
		"1:14: error: << takes a mapping or a list of mappings, not a text [CW-E006]"},
	{SV_INIT("<<:\n"),
		"1:1: error: << takes a mapping or a list of mappings, not a text [CW-E006]"},
	{SV_INIT("a: b\n---\nc: d\n"),
		"2:1: error: a second document begins here; a file holds one [CW-E008]"},
	{SV_INIT("%YAML 3.0\n---\na: b\n"),
		"1:1: error: YAML 1.1 and 1.2 are read; remove the line [CW-E002]"},
	{SV_INIT("a: \x01\n"),
		"1:4: error: the character U+0001 cannot stand in YAML as it is; in double quotes it is written \"\\x01\" [CW-E001]"},
	{SV_INIT("a: b\nc: \xc3""(\n"),
		"2:4: error: not UTF-8: byte 0xc3 at offset 8; save the file as UTF-8 [CW-E001]"},
	{SV_INIT("a: \xed\xa0\x80\n"),
		"1:4: error: not UTF-8: byte 0xed at offset 3; save the file as UTF-8 [CW-E001]"},
	{SV_INIT("a: b\x00\n"),
		"1:5: error: a NUL byte: this is no text file [CW-E001]"},
	{SV_INIT("a: \"b\\0\"\n"),
		"1:4: error: a NUL byte: no path, command or value can hold one [CW-E001]"},
	{SV_INIT("\xff\xfe""a\x00"),
		"1:1: error: not UTF-8: byte 0xff at offset 0; save the file as UTF-8 [CW-E001]"},
	{SV_INIT("a: {config.x[0]}\n"),
		"1:4: error: braces and brackets inside a text make it no text to YAML; put it in quotes: \"{config.x[0]}\" [CW-E003]"},
	{SV_INIT("a: [x, {input[0]}.txt, {b}]\n"),
		"1:8: error: braces and brackets inside a text make it no text to YAML; put it in quotes: \"{input[0]}.txt\" [CW-E003]"},
	{SV_INIT("a: [http://x:, y]\n"),
		"1:5: error: a colon before a comma or bracket makes a key of the text before it; put it in quotes: \"http://x:\" [CW-E003]"},
};
/* clang-format on */

static void add_place(struct parsed *p, struct strbuf *out, struct span span)
{
	struct source_place at = source_place(&p->sources, span.source, span.off);
	strbuf_addf(out, "%s%u:%u: ", out->len ? "\n" : "", at.line, at.column);
}

static void words_of_faults(void **state)
{
	(void)state;
	unsigned wrong = 0;
	for (size_t i = 0; i < CW_ARRAY_LEN(faults); i++) {
		struct parsed p;
		struct strbuf out = STRBUF_INIT;
		parsed_init(&p, faults[i].text);
		assert_int_equal(p.status, -1);
		for (uint32_t k = 0; k < p.sink.n; k++) {
			const struct diag *d = &p.sink.v[k];
			add_place(&p, &out, d->span);
			strbuf_addf(&out, "error: %s [%s]", d->text, d->code);
			for (uint32_t n = 0; n < d->note_count; n++) {
				add_place(&p, &out, d->notes[n].span);
				strbuf_addf(&out, "note: %s", d->notes[n].text);
			}
		}
		if (strcmp(out.buf, faults[i].words) != 0) {
			print_error("of \"" SV_FMT "\":\n%s\nis not\n%s\n",
				SV_ARG(faults[i].text), out.buf, faults[i].words);
			wrong++;
		}
		strbuf_release(&out);
		parsed_release(&p);
	}
	assert_int_equal(wrong, 0);
}

static void marks_cover_what_is_to_be_quoted(void **state)
{
	(void)state;
	struct parsed p;
	parsed_init(&p,
		SV("rules:\n  é:\n    output: out/{x}.txt\n    input: {x}/日本.txt  # c\n"));
	assert_string_equal(p.messages.buf,
		"f:4:12: error: a value that begins with { is a mapping to YAML; put it in "
		"quotes: \"{x}/日本.txt\" [CW-E003]\n"
		"        input: {x}/日本.txt  # c\n"
		"               ^~~~~~~~~~~~\n");
	parsed_release(&p);
}

/* Independent faults are reported together. */
static void several_faults_at_once(void **state)
{
	(void)state;
	struct parsed p;
	parsed_init(
		&p, SV("a: 1\na: 2\nb: *nothing\nc: !tag x\n? [k]\n: 1\nd: \"\\d\"\n"));
	assert_int_equal(p.sink.errors, 3);
	parsed_release(&p);
	parsed_init(&p, SV("a: 1\na: 2\nb: *nothing\nc: !tag x\n? [k]\n: 1\n"));
	assert_int_equal(p.sink.errors, 4);
	parsed_release(&p);
	struct strbuf many = STRBUF_INIT;
	for (int i = 0; i < 50000; i++) {
		strbuf_addf(&many, "x%d: &a%d *no%d\n", i, i, i);
	}
	parsed_init(&p, strbuf_sv(&many));
	assert_int_equal(p.status, -1);
	parsed_release(&p);
	strbuf_reset(&many);
	for (int i = 0; i < 50000; i++) {
		strbuf_addf(&many, "x%d: [&a%d z, *no%d]\n", i, i, i);
	}
	parsed_init(&p, strbuf_sv(&many));
	assert_int_equal(p.sink.errors, 50000);
	assert_non_null(strstr(
		p.messages.buf, "... and 49980 more errors of this kind [CW-E006]\n"));
	parsed_release(&p);
	strbuf_release(&many);
}

/* Values too long to show are not shown. */
static void long_values_are_not_repeated(void **state)
{
	(void)state;
	struct strbuf text = STRBUF_INIT;
	strbuf_addstr(&text, "a: {x}/");
	for (int i = 0; i < 1000; i++) {
		strbuf_addstr(&text, "long/");
	}
	struct parsed p;
	parsed_init(&p, strbuf_sv(&text));
	assert_string_equal(p.sink.v[0].text,
		"a value that begins with { is a mapping to "
		"YAML; put the whole text in quotes");
	assert_true(p.messages.len < 400);
	parsed_release(&p);
	strbuf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_of_faults),
		cmocka_unit_test(marks_cover_what_is_to_be_quoted),
		cmocka_unit_test(several_faults_at_once),
		cmocka_unit_test(long_values_are_not_repeated),
	};
	return cmocka_run_group_tests_name("yaml_fault", tests, NULL, NULL);
}
