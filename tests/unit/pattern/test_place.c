#include "pattern/place.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* One letter for each place. */
static char letter(enum place place)
{
	switch (place) {
	case PLACE_BARE:
		return 'b';
	case PLACE_DOUBLE:
		return 'd';
	case PLACE_SINGLE:
		return 's';
	case PLACE_HEREDOC:
		return 'h';
	case PLACE_HEREDOC_QUOTED:
		return 'H';
	case PLACE_COMMENT:
		return '#';
	case PLACE_BACKQUOTE:
		return '`';
	case PLACE_DOLLAR_SINGLE:
		return '$';
	case PLACE_PARAMETER:
		return '{';
	case PLACE_ARITHMETIC:
		return '+';
	case PLACE_ESCAPED:
		return '\\';
	case PLACE_VARIABLE:
		return 'v';
	case PLACE_DELIMITER:
		return '<';
	}
	return '?';
}

/* Reads `text`, in which each @ is a reference; the places as letters, then what is open
 * at the end. `bytewise`: fed a byte at a time. */
static const char *read_places(enum shell_kind shell, const char *text, bool bytewise)
{
	static char out[400];
	size_t n = 0;
	struct place_reader *r = place_reader_new(shell);
	while (*text) {
		size_t len = strcspn(text, "@");
		for (size_t i = 0; bytewise && i < len; i++) {
			place_reader_feed(r, (struct strview){text + i, 1});
		}
		if (!bytewise && len) {
			place_reader_feed(r, (struct strview){text, len});
		}
		text += len;
		if (*text == '@') {
			out[n++] = letter(place_reader_here(r, NULL));
			text++;
		}
	}
	const char *open = place_reader_open(r);
	snprintf(out + n, sizeof(out) - n, "%s%s", open ? " " : "", open ? open : "");
	place_reader_free(r);
	return out;
}

struct row {
	const char *text, *want;
};

static void check(enum shell_kind shell, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (int bytewise = 0; bytewise < 2; bytewise++) {
			const char *got = read_places(shell, rows[i].text, bytewise);
			if (strcmp(got, rows[i].want) != 0) {
				print_error("shell %d: %s\n", (int)shell, rows[i].text);
			}
			assert_string_equal(got, rows[i].want);
		}
	}
}

static void every_shell_reads_these_alike(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"cat @ \"@\" '@' @", "bdsb"},
		{"a\"@\"'@'@\"'@'\"", "dsbd"},
		{"'a\\' @ 'b'", "b"},
		{"\"a\\\"@\" @", "db"},
		{"\"\\\\\" @", "b"},
		{"a\\' @ \\\"@", "bb"},
		{"a \\@", "\\"},
		{"\"\\@\"", "\\"},
		{"'\\@'", "s"},
		{"a \\\n @", "b"},
		{"a # it's @\n @", "#b"},
		{"a#b @ '#' @", "bb"},
		{"a;# @\nb # c \\\n@", "#b"},
		{"(a)# @", "#"},
		{"$(a)# @", "b"},
		{"a$# @ $#@", "bb"},
		{"$(cat @) \"$(cat @ \"@\")\" '$(@'", "bbds"},
		{"\"$(a '@' \"$(b @)\" @)@\"@", "sbbdb"},
		{"`a @` @", "`b"},
		{"\"`a \\`@\\``\" @", "`b"},
		{"${a} @ ${a:-@} @", "b{b"},
		{"\"${a:-@}\" @", "{b"},
		{"\"${a:-'}\" @ '\" @", "bs ends inside '...'"},
		{"\"${a#'}'}\" @", "b"},
		{"${a:-'}'} @", "b"},
		{"${a:-\"}\"} @", "b"},
		{"\"${a:-\"@\"}\" @", "{b"},
		{"\"${a:-$(b @)}\" @", "bb"},
		{"${#a} ${#} @ ${a#\\}} @", "bb"},
		{"$((1+@)) @", "+b"},
		{"$(( (1+2)*@ )) @", "+b"},
		{"$(( $(a @) + @ )) @", "b+b"},
		{"$((1 << @)) @", "+b"},
		{"$( (a @); b) @", "bb"},
		{"$((a); @)",
			"b has (( that is not closed by )); write ( ( for commands in two "
			"parentheses"},
		{"cat <<E\n@ '@' \"@\nE\n@", "hhhb"},
		{"cat <<'E'\n@ $(@ \nE\n@", "HHb"},
		{"cat <<\\E\n@\nE\n@", "Hb"},
		{"cat <<\"a b\"\n@\na b\n@", "Hb"},
		{"cat << E @\n@\nE\n@", "bhb"},
		{"cat <<-E\n\t@\n\tE\n@", "hb"},
		{"cat <<E\n@\n\tE\nE\n@", "hb"},
		{"cat <<E\nE \n@\nEE\n@\nE\n@", "hhb"},
		{"cat <<A <<'B'\n@\nA\n@\nB\n@", "hHb"},
		{"cat <<E\n$(a @ '@') `@` ${x@}\nE\n@", "bs`{b"},
		{"cat <<E\n$a@ \\$ @\nE", "vh"},
		{"cat <<E\n@E\nE@\nE", "hh"},
		{"cat <<E && (\n@\nE\na @)", "hb"},
		{"cat <<E\n$a\\\n@\nE\n", "v"},
		{"$\\\n(@)", "b has a $ right before a line break that is taken away"},
		{">@ a; >b case x in a) @;; esac",
			"bb has a redirection before a word such as case or [["},
		{">@ a b\ncase x in a) @;; esac; >a b && case x in a) @;; esac", "bbb"},
		{"a @ \\", "b ends in a backslash"},
		{"a <<@\n", "<"},
		{"cat <<E\n@", "h ends inside a here-document"},
		{"case x in a) @ ;; (b|c) @ ;; esac @", "bbb"},
		{"$(case x in a) @ ;; b) '@';; esac) @", "bsb"},
		{"$(case @ in @) @;; esac; @) \"@\"", "bbbbd"},
		{"$(case x\nin\n# )\na) @\nesac\n) @", "bb"},
		{"$(echo case in esac) @", "b"},
		{"$(if a; then case b in c) d;; esac; fi) @", "b"},
		{"$(for case in a b; do @; done) @", "bb"},
		{"$(case a in case) @;; esac) @", "bb"},
		{"$(case a in (esac) @;; esac) @", "bb"},
		{"$(f() { case a in b) @;; esac; }) @", "bb"},
		{"$(f () { a; } ) @", "b"},
		{"$(a || case b in c) d; esac) @", "b"},
		{"$(x=case; y=1 z) @", "b"},
		{"{ a; } @ ; }@ ", "bb"},
		{"a & b | c && @", "b"},
		{"x=@ y=\"@\" z=$(a @)", "bdb"},
		{"a > @ 2>&1 <@", "bb"},
		{"\"$x@\" $x@", "db"},
		{"a \"@", "d ends inside \"...\""},
		{"$(a @", "b ends inside $(...)"},
		{"(a @", "b ends inside (...)"},
		{"`@", "` ends inside `...`"},
		{"${@", "{ ends inside ${...}"},
		{"", ""},
		{"@", "b"},
	};
	for (int shell = SHELL_SH; shell <= SHELL_ZSH; shell++) {
		check((enum shell_kind)shell, rows, CW_ARRAY_LEN(rows));
	}
}

static void extended_shells_read_more(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"$'a\\'@' @", "$b"},
		{"\"$'@\" @", "db"},
		{"$\"a @\" @", "db"},
		{"a <<< @ <<< \"@\"\n@", "bdb"},
		{"diff <(sort @) <(sort '@') @", "bsb"},
		{"tee >(cat @) > @", "bb"},
		{"(( a << @ )); @", "+b"},
		{"for (( i = @; i < 3; i++ )); do @; done", "+b"},
		{"((a)); (b @)", "b"},
		{"[[ @ < @ && ( a > '@' ) ]] && @", "bbsb"},
		{"[[ a =~ ^(x|@)$ ]]; @", "bb"},
		{"[[ a << b ]]\n@", "b"},
		{"x=(a @ '@' # @\n @) @", "bs#bb"},
		{"$(x=(case in) ; @) @", "bb"},
		{"a !(b|c)@ @", "bb"},
		{"f() { case a in b) @;; esac; }; @", "bb"},
		{"$(function f { case a in b) @;; esac; }) @", "bb"},
		{"a &> @ &>> @ >| @", "bbb"},
		{"time case a in b) @;; esac", "b"},
	};
	const enum shell_kind shells[] = {SHELL_BASH, SHELL_KSH, SHELL_ZSH};
	for (size_t i = 0; i < CW_ARRAY_LEN(shells); i++) {
		check(shells[i], rows, CW_ARRAY_LEN(rows));
	}
	static const struct row bash[] = {{"$[1+@] @", "+b"}, {"$[a[@]+@]@", "++b"},
		{"$(cat <<E\n@\nE\n) @", "hb"},
		{"cat <<E $(cat <<F\n@\nF\n)\n@\nE\n@", "hhb"},
		{"cat <<E\nEa)\n@\nE\n@", "hb"},
		{"$(cat <<E\nEa)\n@\nE\n) @",
			"hb has a here-document with a line that begins with its delimiter and "
			"has a ) behind it"}};
	check(SHELL_BASH, bash, CW_ARRAY_LEN(bash));
	static const struct row ksh[] = {
		{"$(cat <<E\n@\nE\n) @",
			"hb has a here-document within $(...), which not every ksh reads alike"},
		{"\"$(case a in a) @;; esac)\"",
			"b has case within \"$(...)\", which not every ksh reads alike"},
		{"cat <<E\nE)\n@\nE\n",
			"h has a here-document with a line that begins with its delimiter and has "
			"a ) behind it"}};
	check(SHELL_KSH, ksh, CW_ARRAY_LEN(ksh));
	static const struct row zsh[] = {{"cat <<E\n$#@\n$#a @\nE\n", "vh"}};
	check(SHELL_ZSH, zsh, CW_ARRAY_LEN(zsh));
	static const struct row plain[] = {{"$'@' @", "sb"}, {"((a); b @) @", "bb"},
		{"[[ a < @ ]]", "b"}, {"$[@]", "b"}};
	check(SHELL_DASH, plain, CW_ARRAY_LEN(plain));
	static const struct row unsure[] = {
		{"$'a\\'' @'", "b has $'...', which not every sh reads alike"},
		{"(( @ )); @", "+b"},
		{"$[ a ] @",
			"b has $[...], which not every sh reads alike; write $((...))"},
		{"x=(@)", "b has NAME=(...), which not every sh has"}};
	check(SHELL_SH, unsure, CW_ARRAY_LEN(unsure));
}

static void depth_is_bounded(void **state)
{
	(void)state;
	static const char *const nests[] = {
		"$(", "( ", "\"$(", "${a:-", "$((", "case a in b) "};
	for (size_t i = 0; i < CW_ARRAY_LEN(nests); i++) {
		struct place_reader *r = place_reader_new(SHELL_BASH);
		for (int n = 0; n < 100000; n++) {
			place_reader_feed(r, sv_from(nests[i]));
		}
		assert_string_equal(place_reader_open(r), "is nested too deeply");
		place_reader_free(r);
	}
}

static void places_quote(void **state)
{
	(void)state;
	static const struct {
		enum place place;
		const char *item;
		bool is_path;
		const char *want; /* NULL: it cannot stand there */
	} rows[] = {
		{PLACE_BARE, "a b", false, "'a b'"},
		{PLACE_BARE, "", false, "''"},
		{PLACE_BARE, "it's", false, "'it'\\''s'"},
		{PLACE_BARE, "-rf", true, "'./-rf'"},
		{PLACE_BARE, "-rf", false, "'-rf'"},
		{PLACE_BARE, "a\nb", false, "'a\nb'"},
		{PLACE_DOUBLE, "a\"b\\$c`d'", false, "a\\\"b\\\\\\$c\\`d'"},
		{PLACE_DOUBLE, "-", true, "./-"},
		{PLACE_SINGLE, "a'b\\", false, "a'\\''b\\"},
		{PLACE_HEREDOC, "a\"$b`\\", false, "a\"\\$b\\`\\\\"},
		{PLACE_HEREDOC, "a\nE", false, NULL},
		{PLACE_HEREDOC_QUOTED, "a$b", false, "a$b"},
		{PLACE_HEREDOC_QUOTED, "E", false, NULL},
		{PLACE_COMMENT, "a\nb", false, "a b"},
		{PLACE_ARITHMETIC, "12", false, "12"},
		{PLACE_ARITHMETIC, "-12", false, "(-12)"},
		{PLACE_ARITHMETIC, "012", false, NULL},
		{PLACE_ARITHMETIC, "a", false, NULL},
		{PLACE_ARITHMETIC, "", false, NULL},
		{PLACE_BACKQUOTE, "a", false, NULL},
		{PLACE_PARAMETER, "a", false, NULL},
		{PLACE_DOLLAR_SINGLE, "a", false, NULL},
		{PLACE_ESCAPED, "a", false, NULL},
	};
	for (size_t i = 0; i < CW_ARRAY_LEN(rows); i++) {
		struct strbuf out = STRBUF_INIT;
		int rc = place_quote(&out, rows[i].place, sv_from(rows[i].item),
			rows[i].is_path, SV("E"));
		assert_int_equal(rc, rows[i].want ? 0 : -1);
		assert_string_equal(out.buf, rows[i].want ? rows[i].want : "");
		strbuf_release(&out);
	}
}

static void words_need_quotes_or_none(void **state)
{
	(void)state;
	static const char *const plain[] = {"a", "data/a.txt", "--in=x", "12", "a,b",
		"50%", "a@b", "a+b", "a:b", "_", "-"};
	static const char *const quoted[] = {"a b", "$x", "~", "*", "a=b", "=ls", "x:=y",
		"if", "esac", "a\nb", "\xc3\xa9", "#", "!", "{", "a;b", "x+=1", "^"};
	struct strbuf out = STRBUF_INIT;
	for (size_t i = 0; i < CW_ARRAY_LEN(plain); i++) {
		strbuf_reset(&out);
		shell_quote(&out, sv_from(plain[i]));
		assert_string_equal(out.buf, plain[i]);
	}
	for (size_t i = 0; i < CW_ARRAY_LEN(quoted); i++) {
		strbuf_reset(&out);
		shell_quote(&out, sv_from(quoted[i]));
		assert_int_equal(out.len, strlen(quoted[i]) + 2);
		assert_int_equal(out.buf[0], '\'');
	}
	strbuf_reset(&out);
	shell_quote(&out, SV(""));
	assert_string_equal(out.buf, "''");
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shell_reads_these_alike),
		cmocka_unit_test(extended_shells_read_more),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(places_quote),
		cmocka_unit_test(words_need_quotes_or_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
