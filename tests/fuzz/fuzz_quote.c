/*
 * What shells see of quoted names. Each case is a shell text with references; it is
 * rendered twice, with plain tokens and with hostile names, and a real shell runs both.
 * What the commands got must be the same but for the tokens, which stand for the names.
 * rooms: pattern
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/vec.h"
#include "pattern/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NAMES = 4, LIST = 3, BYTES_PER_CASE = 8, CASES_MOST = 1000, DEPTH_MOST = 4 };

struct shell {
	enum shell_kind kind;
	const char *path, *name; /* name: argv[0] */
	const char *apart; /* a syntax error within eval ends it: how to run a text in
	                            a process of its own, the prologue in $P */
	bool ksh93, mksh;
};

/* Those that are not installed are passed over for the first. */
static const struct shell shells[] = {{.kind = SHELL_DASH, .path = "/bin/dash"},
	{.kind = SHELL_BASH, .path = "/bin/bash"},
	{.kind = SHELL_KSH,
		.path = "/bin/ksh93",
		.apart = "/bin/ksh93 -c \"$P\n$1\" 3>&3",
		.ksh93 = true},
	{.kind = SHELL_ZSH, .path = "/bin/zsh"},
	{.kind = SHELL_SH, .path = "/bin/bash", .name = "sh"},
	{.kind = SHELL_SH, .path = "/bin/dash", .name = "sh"},
	{.kind = SHELL_SH, .path = "/bin/busybox", .name = "sh"},
	{.kind = SHELL_KSH, .path = "/bin/mksh", .mksh = true}};

/* Choices: bytes of the input while they last, then what follows from them. */
struct dice {
	const uint8_t *data;
	size_t size, at;
	uint64_t seed;
};

static uint32_t roll(struct dice *d, uint32_t sides)
{
	d->seed = d->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	uint32_t x = (uint32_t)(d->seed >> 33);
	if (d->at < d->size) {
		x ^= d->data[d->at++];
	}
	return x % sides;
}

/* One case: its text and the names that stand in it. {v0}..{v3} are names, {l} is the
 * list of the last three, {n} a number. */
struct trial {
	struct strbuf text;
	char names[NAMES][24];
	struct strview name[NAMES];
	bool loose; /* made of tokens without a grammar: may be no valid command */
	bool runs;  /* both forms are in the script */
	/* the middle of each name is the value of a variable, N0 to N3 */
	bool marked;
};

#define MARK "\001mark:"

/* That middle. */
static struct strview middle(struct strview name)
{
	size_t from = name.n / 3, behind = name.n / 4;
	return sv_sub(name, from, name.n - from - behind);
}

static void random_name(struct dice *d, struct trial *t, int which)
{
	static const char bytes[] =
		"'\"\\$`\n \t*?[]{}()<>|&;!#~=^%@+,:.-_/0129aAbnxE\x01\x7f\xc3\xa9\xff\xe6";
	static const char *const words[] = {"", "if", "in", "esac", "2", "10", "A=b",
		"-n", "-rf", "~", "~root", "EOF", "E", "a,b", "$(B x)", "`B x`",
		"a[$(A x)]", "$(A x)", "[[", "]]", "E)", "EOF) A x; ", "Ea)", "E\n\\",
		"${V}", "'", "\"", "\\", "\\\\", "a b", " ", "!", "((", "))", "]]",
		"done", "#", "a#b", "x=1", "$V", "$'x'", "\n", "a\nEOF\nb", "&1", "$",
		"*", "[a]", "{a,b}", "=", "%s"};
	char *name = t->names[which];
	size_t n = 0;
	if (roll(d, 3) == 0) {
		const char *word = words[roll(d, CW_ARRAY_LEN(words))];
		n = strlen(word);
		memcpy(name, word, n);
	} else {
		size_t want = roll(d, 12);
		while (n < want) {
			name[n++] = bytes[roll(d, sizeof(bytes) - 1)];
		}
	}
	/* $(...) takes newlines away at the end; a folder's name is no file's */
	while (n && (name[n - 1] == '\n' || name[n - 1] == '/')) {
		n--;
	}
	/* what is a command where the name stands by chance */
	if (n == 1 && strchr("ABHf:.[-", name[0])) {
		name[n++] = 'x';
	}
	/* what a text without a grammar redirects to it must not be made */
	if (n && name[0] == '/') {
		name[0] = 'x';
	}
	for (int i = 0; i < which; i++) {
		if (sv_eq(t->name[i], (struct strview){name, n})) {
			name[n++] = (char)('a' + which);
		}
	}
	t->name[which] = (struct strview){name, n};
}

static void add(struct trial *t, const char *s)
{
	strbuf_addstr(&t->text, s);
}

static void add_name(struct dice *d, struct trial *t)
{
	strbuf_addf(&t->text, "{v%u}", roll(d, NAMES));
}

/* Ordinary text where references can stand beside it. */
static void add_plain(struct dice *d, struct trial *t, const struct shell *sh)
{
	static const char *const parts[] = {"a", "b.txt", "/", "--in=", "-", "1", "2",
		"_", ":", "if", ".", "%", "\\ ", "\\'", "\\\"", "\\$V", "\\\\", "E", "~"};
	/* zsh ends the script at ~nobody, and at $Vx=nothing where $Vx is empty; ksh93
	 * expands ~'' */
	bool tilde = sh->kind != SHELL_KSH && sh->kind != SHELL_ZSH;
	uint32_t n = CW_ARRAY_LEN(parts) - (tilde ? 0 : 2);
	add(t, parts[roll(d, n)]);
}

static void add_command(
	struct dice *d, struct trial *t, const struct shell *sh, int depth);
static void add_heredoc(struct dice *d, struct trial *t, const struct shell *sh);

/* The inside of "...". */
static void add_double(struct dice *d, struct trial *t, const struct shell *sh, int depth)
{
	static const char *const parts[] = {"a b", "'", "$V", "\\\"", "\\$V", "\\\\",
		"\\`", "${{V}}", "${{V:-'x'}}", "${{U:-\"a b\"}}", "${{V#v}}", "#",
		"`B 'c d'`", "(", ")", "$((1+2))", "<<E", "\n.", "{{a,b}}", "*", "~", "$",
		" ; "};
	add(t, "\"");
	for (uint32_t n = roll(d, 4); n > 0; n--) {
		uint32_t what = roll(d, 8);
		if (what < 4) {
			add_name(d, t);
		} else if (what == 4 && depth) {
			add(t, "$( ");
			if (roll(d, 4) == 0) {
				add_heredoc(d, t, sh);
			}
			add_command(d, t, sh, depth - 1);
			add(t, roll(d, 2) ? "\n)" : ")");
		} else {
			const char *part = parts[roll(d, CW_ARRAY_LEN(parts))];
			add(t, part);
			if (strcmp(part, "$") == 0) {
				add(t, " ");
			}
		}
	}
	add(t, "\"");
}

static void add_single(struct dice *d, struct trial *t)
{
	static const char *const parts[] = {"a b", "\"", "$V ", "\\", "`", "#", "$(",
		"((", "<<E", "\n.", "{{", "}}", "*"};
	add(t, "'");
	for (uint32_t n = roll(d, 4); n > 0; n--) {
		if (roll(d, 2)) {
			add_name(d, t);
		} else {
			add(t, parts[roll(d, CW_ARRAY_LEN(parts))]);
		}
	}
	add(t, "'");
}

static bool extended(const struct shell *sh)
{
	return sh->kind != SHELL_DASH && sh->kind != SHELL_SH;
}

/* One part of a word. A backslash or a dollar never ends it. */
static void add_part(struct dice *d, struct trial *t, const struct shell *sh, int depth)
{
	switch (roll(d, 12)) {
	case 0:
	case 1:
	case 2:
	case 3:
		add_name(d, t);
		break;
	case 4:
	case 5:
		add_double(d, t, sh, depth);
		break;
	case 6:
		add_single(d, t);
		break;
	case 7:
		add(t, "$V");
		break;
	case 8:
		add(t, extended(sh) ? "$'a\\'b\\\\'" : "''");
		break;
	case 9:
		add(t, "$(( {n} + 1 ))");
		break;
	case 10:
		add(t, "${{V}}");
		break;
	default:
		add_plain(d, t, sh);
	}
}

static void add_word(struct dice *d, struct trial *t, const struct shell *sh, int depth)
{
	uint32_t kind = roll(d, 10);
	if (kind == 0) {
		add(t, roll(d, 2) ? "{l}" : "a{l}b");
		return;
	}
	if (kind == 1 && sh->kind == SHELL_BASH) {
		add(t, "x{{");
		add_name(d, t);
		add(t, ",y");
		add_name(d, t);
		add(t, "}}");
		return;
	}
	for (uint32_t n = 1 + roll(d, 3); n > 0; n--) {
		add_part(d, t, sh, depth);
	}
}

static void add_heredoc(struct dice *d, struct trial *t, const struct shell *sh)
{
	static const char *const heads[] = {"<<EOF", "<<-EOF", "<<'EOF'", "<< \\EOF",
		"<<-\"EOF\"", "<<E", "<<EOF 2>/dev/null"};
	static const char *const parts[] = {"a b\n", "'", "\"", "\\$ ", "${{V}}", "$V ",
		"$(B 'x y')", "# ", "\n", "E\n", "EO", "\t", "\\\\", " EOF\n",
		"$((1+1))"};
	const char *head = heads[roll(d, CW_ARRAY_LEN(heads))];
	bool expands = !strpbrk(head, "'\\\"");
	add(t, "H ");
	add(t, head);
	add(t, "\n");
	const char *end = strcmp(head, "<<E") == 0 ? "E" : "EOF";
	for (uint32_t n = roll(d, 6); n > 0; n--) {
		if (roll(d, 2)) {
			add_name(d, t);
			continue;
		}
		const char *part = parts[roll(d, CW_ARRAY_LEN(parts))];
		/* ksh93 leaves $(...) alone behind a part of the delimiter */
		if (part[0] != 'E' || (strcmp(end, "E") != 0 && !sh->ksh93)) {
			add(t, expands || part[0] != '\\' ? part : "\\ ");
		}
	}
	strbuf_addf(&t->text, "\n%s\n", end);
}

static void add_simple(struct dice *d, struct trial *t, const struct shell *sh, int depth)
{
	add(t, "A");
	for (uint32_t n = 1 + roll(d, 3); n > 0; n--) {
		add(t, roll(d, 8) ? " " : " \\\n ");
		add_word(d, t, sh, depth);
	}
	switch (roll(d, 8)) {
	case 0:
		add(t, ">/dev/null ");
		break;
	case 1:
		add(t, " # it's \"{v1} $( `\n");
		break;
	case 2:
		add(t, " 2>&1 </dev/null ");
		break;
	default:
		break;
	}
}

/* case with patterns whose parentheses do not balance. */
static void add_case(struct dice *d, struct trial *t, const struct shell *sh, int depth)
{
	add(t, "case ");
	add_name(d, t);
	add(t, " in ");
	add(t, roll(d, 2) ? "(" : "");
	add_name(d, t);
	add(t, roll(d, 2) ? "|XX" : "");
	add(t, ") ");
	add_command(d, t, sh, depth - 1);
	add(t, "\n;; *) A no {v0};; esac");
}

static void add_extended(struct dice *d, struct trial *t, const struct shell *sh)
{
	static const char *const texts[] = {"[[ {v0} == {v1} ]] && A {v2}",
		"[[ {v0} == {v0} && ( {v1} != {v2} ) ]] && A {v2}",
		"arr=({l} x {v0}); A \"${{arr[@]}}\"", "(( q = {n} << 2 )); A $q {v1}",
		"H <<< {v0}", "for (( k = {n}; k < 9; k++ )); do A {v1}; done",
		"q=$[ {n} + 1 ]; A $q{v1}"};
	/* ksh93 and mksh have no $[...] */
	uint32_t n = CW_ARRAY_LEN(texts);
	add(t, texts[sh->ksh93    ? roll(d, n - 1)
		       : sh->mksh ? roll(d, n - 2)
				  : roll(d, n)]);
}

/* { ...; } or ( ... ) */
static void add_group(struct dice *d, struct trial *t, const struct shell *sh, int depth)
{
	bool braces = roll(d, 3);
	add(t, braces ? "{{ " : "( ");
	add_command(d, t, sh, depth - 1);
	add(t, braces ? "\n}}" : "\n)");
}

static void add_command(
	struct dice *d, struct trial *t, const struct shell *sh, int depth)
{
	switch (depth > 0 ? roll(d, 24) : 0) {
	case 0:
		add(t, "B ");
		add_part(d, t, sh, 0);
		break;
	case 1:
		add_case(d, t, sh, depth);
		break;
	case 2:
		add(t, "Y=");
		add_name(d, t);
		add_part(d, t, sh, depth - 1);
		add(t, "; A \"$Y\"");
		break;
	case 3:
		/* ksh93 computes the index of the first item, once b[...] is none */
		add(t, sh->ksh93 ? "for i in x {l} " : "for i in {l} ");
		add_word(d, t, sh, depth - 1);
		add(t, "; do A \"$i\" ");
		add_name(d, t);
		add(t, "; done");
		break;
	case 4:
		add(t, "if :; then ");
		add_command(d, t, sh, depth - 1);
		add(t, "\nfi");
		break;
	case 5:
		add_group(d, t, sh, depth);
		break;
	case 6:
		if (roll(d, 6) == 0) {
			add_heredoc(d, t, sh);
			add(t, ":");
		} else {
			add_simple(d, t, sh, depth - 1);
		}
		break;
	case 7:
		add(t, "f() {{ A \"$1\" {v0}; }}; f ");
		add_name(d, t);
		break;
	case 8:
		if (extended(sh)) {
			add_extended(d, t, sh);
		} else {
			add_simple(d, t, sh, depth - 1);
		}
		break;
	default:
		add_simple(d, t, sh, depth - 1);
	}
}

/* Shell text without a grammar. */
static void add_soup(struct dice *d, struct trial *t, const struct shell *sh)
{
	static const char *const parts[] = {" ", " ", " ", "\n", " A ", " A ", " B ",
		"\"", "'", "\"", "'", "\\", "$(", ")", ")", "(", ";", " && ", " || ", "#",
		"$V", "${{V}}", "${{V:-", "}}", "`", "case a in a) ", " ;; ", " esac ",
		"<<E\n", "\nE\n", "{{ ", "; }}", "$((", "))", "((", "[[ ", " ]]",
		"if :; then ", "; fi", "$'", "a", "1", "=", "x=", ">/dev/null ", "< ",
		"$", ",", "EOF", "<<-E\n", "<<'E'\n", " H <<E\n", " H <<\\E\n", "\\\n",
		"\t", "for i in ", "; do ", " done ", "! ", " f() ", " f ", "@(", "arr=(",
		"$[", "<<< ", "$#", "$\"", "[ ", " ]", "*", "?", "!", "^", "%",
		"case $V in ", " in ", "[[ a == ", "a[", "]=", "+=", "${{#", "${{V%",
		"2>", ">&", "elif ", "else ", "function g ", "time ", "let ", " -eq ",
		"-v ", "[[ {v0} -lt ", "V[", "typeset ", "-i ", "export ", "unset ",
		"test ", "\\let ", "~"};
	/* no pipes: both sides would write; zsh ends the script at ~nobody */
	uint32_t all = CW_ARRAY_LEN(parts) - (sh->kind == SHELL_ZSH ? 1 : 0);
	t->loose = true;
	for (uint32_t n = 3 + roll(d, 16); n > 0; n--) {
		if (roll(d, 4) == 0) {
			add_name(d, t);
		} else {
			add(t, parts[roll(d, all)]);
		}
	}
	if (sh->apart && strstr(t->text.buf, "$$")) {
		strbuf_reset(&t->text); /* each process has its own */
	}
	if (sh->mksh && strstr(t->text.buf, "time ")) {
		strbuf_reset(&t->text); /* it takes a name such as -n for an option */
	}
}

static const struct strview tokens[NAMES] = {
	SV_INIT("Tok0Z"), SV_INIT("Tok1Z"), SV_INIT("Tok2Z"), SV_INIT("Tok3Z")};

/* Values for the references: tokens, or the names. */
struct binding {
	const struct trial *t;
	bool tokens;
	struct strview names[NAMES], list[LIST];
	struct strbuf marked[NAMES];
};

/* Prepares the names as they are given to the template. */
static void give_names(struct binding *b)
{
	for (unsigned i = 0; i < NAMES; i++) {
		struct strview name = b->t->name[i], mid = middle(name);
		b->names[i] = b->tokens ? tokens[i] : name;
		if (!b->tokens && b->t->marked) {
			size_t from = name.n / 3;
			strbuf_addf(&b->marked[i], SV_FMT MARK "N%u\001" SV_FMT,
				SV_ARG(sv_sub(name, 0, from)), i,
				SV_ARG(sv_skip(name, from + mid.n)));
			b->names[i] = strbuf_sv(&b->marked[i]);
		}
	}
}

static int resolve(
	void *ctx, const struct ref *ref, struct value *ret, struct render_error *err)
{
	struct binding *b = ctx;
	(void)err;
	const struct strview *names = b->names;
	*ret = (struct value){.kind = VALUE_TEXT};
	if (ref->name.p[0] == 'n') {
		*ret = (struct value){.kind = VALUE_INT, .i = 7};
	} else if (ref->name.p[0] == 'l') {
		memcpy(b->list, names + NAMES - LIST, sizeof(b->list));
		*ret = (struct value){.kind = VALUE_LIST, .list = b->list, .count = LIST};
	} else {
		ret->text = names[ref->name.p[1] - '0'];
	}
	return 0;
}

static struct span nowhere(const void *ctx, size_t off, size_t len)
{
	(void)ctx;
	(void)off;
	(void)len;
	return (struct span){0, 0, 0};
}

/* ksh93 loses count of quotes in case within "$(...)", and reads here-documents there
 * its own way. */
static bool may_refuse(const struct trial *t, const struct shell *sh)
{
	return sh->kind == SHELL_KSH && strstr(t->text.buf, "$( ") &&
	       (strstr(t->text.buf, "case ") || strstr(t->text.buf, "<<"));
}

/* Both forms of a case; false where it cannot be rendered (a place that is refused). */
static bool render(struct trial *t, const struct shell *sh, struct strbuf *plain,
	struct strbuf *hostile)
{
	struct source_set sources;
	struct diag_sink sink;
	struct arena arena = ARENA_INIT;
	struct template parsed;
	source_set_init(&sources);
	diag_sink_init(&sink, &sources);
	bool ok = template_parse(&sink, &arena, strbuf_sv(&t->text), TEMPLATE_SHELL,
			  sh->kind, NULL, (struct template_origin){nowhere, NULL},
			  &parsed) == 0;
	if (!ok && !t->loose && !may_refuse(t, sh)) {
		diag_print(&sink, stderr, false);
		fprintf(stderr, "refused by %s:\n%s\n", sh->path, t->text.buf);
		abort();
	}
	for (int tokens_first = 1; ok && tokens_first >= 0; tokens_first--) {
		struct binding b = {.t = t, .tokens = tokens_first};
		struct renderer r = {
			.resolve = resolve, .ctx = &b, .arena = &arena, .mark = SV(MARK)};
		struct render_error err;
		give_names(&b);
		ok = template_render(&parsed, &r, false, tokens_first ? plain : hostile,
			     &err) == 0;
		for (unsigned i = 0; i < NAMES; i++) {
			strbuf_release(&b.marked[i]);
		}
	}
	arena_release(&arena);
	diag_sink_release(&sink);
	source_set_release(&sources);
	return ok;
}

static void quote_into(struct strbuf *out, struct strview s)
{
	strbuf_addch(out, '\'');
	for (size_t i = 0; i < s.n; i++) {
		strbuf_add(
			out, s.p[i] == '\'' ? "'\\''" : s.p + i, s.p[i] == '\'' ? 4 : 1);
	}
	strbuf_addch(out, '\'');
}

/* One form into the script, behind its mark. */
static void add_form(struct strbuf *script, const struct shell *sh, size_t number,
	char form, const struct trial *t, struct strview text)
{
	bool loose = t->loose;
	for (unsigned i = 0; t->marked && i < NAMES; i++) {
		strbuf_addf(script, "N%u=", i);
		quote_into(script, middle(t->name[i]));
		strbuf_addch(script, '\n');
	}
	strbuf_addf(script, "printf 'mark%zu%c\\0' >&3\n", number, form);
	if (loose && sh->apart) {
		strbuf_addstr(script, "apart ");
		quote_into(script, text);
		strbuf_addstr(script, "\n");
	} else if (loose) {
		/* the newline keeps a name such as -n from being an option of eval */
		strbuf_addstr(script, "(eval '\n'");
		quote_into(script, text);
		/* what runs beside it writes before the next mark */
		strbuf_addstr(script, "\nwait)\n");
	} else {
		/* bash loses assignments behind a here-document in $(...): no old ones */
		strbuf_addstr(script, "Y=\n");
		strbuf_addsv(script, text);
		strbuf_addch(script, '\n');
	}
}

static const char prologue[] = "A() { printf '%s\\0' \"$@\" . >&3; }\n"
			       "B() { printf %s \"$1\"; }\n"
			       "H() { /bin/cat >&3; printf '\\0' >&3; }\n"
			       "V=vv PATH=/nowhere\n";

/* The script's begin; texts without a grammar may loop, each for that second (of the
 * processor, and of its own process). */
static void begin_script(struct strbuf *script, const struct shell *sh)
{
	strbuf_addstr(script, "ulimit -t 1\n");
	if (sh->mksh) { /* it has no printf of its own */
		strbuf_addstr(script,
			"printf() { typeset _q; case $1 in mark*) print -n \"$1\";; "
			"'%s\\0') shift; for _q; do print -rn -- \"$_q\"; print -n "
			"'\\0'; done;; %s) print -rn -- \"$2\";; *) print -n '\\0';; "
			"esac; }\n");
	}
	strbuf_addstr(script, prologue);
	if (sh->apart) {
		strbuf_addstr(script, "P=");
		quote_into(script, SV(prologue));
		strbuf_addf(script, "\napart() { %s; }\n", sh->apart);
	}
}

extern char **environ;

/* Runs the script; its descriptor 3 into `out`. */
static void run_shell(
	const struct shell *sh, const struct strbuf *script, struct strbuf *out)
{
	char name[] = "/tmp/cw-quote-XXXXXX";
	int in = mkostemp(name, O_CLOEXEC), pipes[2];
	if (in < 0 || unlink(name) || pipe2(pipes, O_CLOEXEC) ||
		write(in, script->buf, script->len) != (ssize_t)script->len ||
		lseek(in, 0, SEEK_SET)) {
		abort();
	}
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, 9);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, pipes[1], 3);
	char path[32], file[] = "/dev/fd/9";
	snprintf(path, sizeof(path), "%s", sh->name ? sh->name : sh->path);
	char *argv[] = {path, file, NULL};
	/* ksh93 joins bytes that are no UTF-8 with what stands behind them */
	char locale[] = "LC_ALL=C.UTF-8", bytes[] = "LC_ALL=C";
	char *env[] = {sh->kind == SHELL_KSH ? bytes : locale, NULL};
	pid_t pid;
	if (posix_spawn(&pid, sh->path, &actions, NULL, argv, env)) {
		abort();
	}
	posix_spawn_file_actions_destroy(&actions);
	close(in);
	close(pipes[1]);
	ssize_t n;
	char buf[65536];
	/* libFuzzer's alarm interrupts: what follows must not be taken as missing */
	while ((n = read(pipes[0], buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR)) {
		strbuf_add(out, buf, n > 0 ? (size_t)n : 0);
	}
	close(pipes[0]);
	int status;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	if (n < 0) {
		abort();
	}
}

/* What a form of a case put out; p NULL where its mark is missing. */
static struct strview output_of(struct strview all, size_t number, char form)
{
	char mark[40];
	size_t n = (size_t)snprintf(mark, sizeof(mark), "mark%zu%c", number, form) + 1;
	const char *p = all.n ? memmem(all.p, all.n, mark, n) : NULL;
	if (!p) {
		return (struct strview){NULL, 0};
	}
	p += n;
	const char *end = memmem(p, (size_t)(all.p + all.n - p), "mark", 4);
	return (struct strview){p, (size_t)((end ? end : all.p + all.n) - p)};
}

/* The output of the plain form with the names in place of the tokens. */
static void put_names(const struct trial *t, struct strview plain, struct strbuf *out)
{
	for (size_t i = 0; i < plain.n;) {
		struct strview rest = sv_skip(plain, i);
		if (sv_starts(rest, SV("Tok")) && rest.n >= 5 && rest.p[4] == 'Z' &&
			rest.p[3] >= '0' && rest.p[3] < '0' + NAMES) {
			strbuf_addsv(out, t->name[rest.p[3] - '0']);
			i += 5;
		} else {
			strbuf_addch(out, plain.p[i++]);
		}
	}
}

static void show(const char *what, struct strview s)
{
	struct strbuf out = STRBUF_INIT;
	escape_for_terminal(&out, s);
	fprintf(stderr, "%s: %s\n", what, s.p ? out.buf : "(nothing)");
	strbuf_release(&out);
}

static void compare(const struct trial *t, const struct shell *sh, struct strview all,
	size_t number, const struct strbuf *script)
{
	struct strview plain = output_of(all, number, 'p'),
		       hostile = output_of(all, number, 'h');
	struct strbuf want = STRBUF_INIT;
	put_names(t, plain, &want);
	bool same = plain.p && hostile.p && sv_eq(strbuf_sv(&want), hostile);
	if (!same) {
		fprintf(stderr, "%s, %s:\n%s\n----\n", sh->path,
			t->loose ? "without grammar" : "grammar", t->text.buf);
		for (int i = 0; i < NAMES; i++) {
			show("name", t->name[i]);
		}
		show("want", strbuf_sv(&want));
		show("got ", hostile);
		struct strbuf p = STRBUF_INIT, h = STRBUF_INIT;
		struct trial copy = *t;
		render(&copy, sh, &p, &h);
		fprintf(stderr, "plain:\n%s\nhostile:\n%s\n", p.buf, h.buf);
		const char *keep = getenv("FUZZ_QUOTE_SCRIPT");
		FILE *f = keep ? fopen(keep, "we") : NULL;
		if (f) {
			fwrite(script->buf, 1, script->len, f);
			fclose(f);
		}
		abort();
	}
	strbuf_release(&want);
}

/* How many cases shells agreed on, told at the end. */
static size_t cases;

static void tell_cases(void)
{
	fprintf(stderr, "fuzz_quote: %zu cases without a difference\n", cases);
}

/* Out of seven or forty cases one is without a grammar. */
static uint32_t soup_share(const struct shell *sh)
{
	return sh->apart ? 40 : 7;
}

/* Into a folder that is gone: texts without a grammar redirect to names. */
static void enter_nowhere(void)
{
	char folder[] = "/tmp/fuzz_quote.XXXXXX";
	if (!mkdtemp(folder) || chdir(folder) || rmdir(folder) || atexit(tell_cases)) {
		abort();
	}
}

static void make_trial(struct dice *d, struct trial *t, const struct shell *sh)
{
	*t = (struct trial){.loose = false};
	strbuf_init(&t->text);
	for (int i = 0; i < NAMES; i++) {
		random_name(d, t, i);
	}
	if (roll(d, soup_share(sh)) == 0) {
		add_soup(d, t, sh);
	} else {
		add_command(d, t, sh, 1 + (int)roll(d, DEPTH_MOST));
		t->marked = roll(d, 5) == 0;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dice d = {.data = data, .size = size, .seed = 1};
	static bool entered;
	if (!entered) {
		enter_nowhere();
		entered = true;
	}
	for (size_t i = 0; i < size; i++) {
		d.seed = (d.seed ^ data[i]) * UINT64_C(1099511628211);
	}
	const struct shell *sh = &shells[roll(&d, CW_ARRAY_LEN(shells))];
	const char *one = getenv("FUZZ_QUOTE_SHELL");
	sh = one ? &shells[strtoul(one, NULL, 10) % CW_ARRAY_LEN(shells)] : sh;
	if (access(sh->path, X_OK)) {
		sh = &shells[0];
	}
	size_t count = 1 + size / BYTES_PER_CASE;
	count = count < CASES_MOST ? count : CASES_MOST;
	struct trial *trials = xcalloc(count, sizeof(*trials));
	struct strbuf script = STRBUF_INIT, out = STRBUF_INIT;
	begin_script(&script, sh);
	for (size_t i = 0; i < count; i++) {
		struct strbuf plain = STRBUF_INIT, hostile = STRBUF_INIT;
		make_trial(&d, &trials[i], sh);
		trials[i].runs = render(&trials[i], sh, &plain, &hostile);
		if (trials[i].runs) {
			add_form(&script, sh, i, 'p', &trials[i], strbuf_sv(&plain));
			add_form(&script, sh, i, 'h', &trials[i], strbuf_sv(&hostile));
		}
		strbuf_release(&plain);
		strbuf_release(&hostile);
	}
	run_shell(sh, &script, &out);
	for (size_t i = 0; i < count; i++) {
		if (trials[i].runs) {
			compare(&trials[i], sh, strbuf_sv(&out), i, &script);
			cases++;
		}
		strbuf_release(&trials[i].text);
	}
	free(trials);
	strbuf_release(&script);
	strbuf_release(&out);
	return 0;
}
