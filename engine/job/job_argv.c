#include "job/job_argv.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/vec.h"

typedef VEC(char *) arg_vec;

/* Rendering with one reference standing for one item of its list. */
struct one_item {
	struct job_values *v;
	const struct ref *ref;
	struct value item;
};

static int resolve_one(
	void *ctx, const struct ref *ref, struct value *ret, struct render_error *err)
{
	struct one_item *o = ctx;
	if (ref == o->ref) {
		*ret = o->item;
		return 0;
	}
	return o->v->renderer.resolve(o->v, ref, ret, err);
}

/* The first plain reference of the text that is a list; NULL: none is. */
static const struct ref *find_list(struct job_values *v, const struct text *t,
	struct value *ret, struct render_error *err, int *rc)
{
	for (uint32_t i = 0; i < t->t.count; i++) {
		const struct piece *p = &t->t.pieces[i];
		if (p->kind != PIECE_EXPR || p->expr->op != EXPR_REF ||
			p->format == FORMAT_LIST) {
			continue;
		}
		if (v->renderer.resolve(v, p->expr->ref, ret, err) != 0) {
			err->off = p->off;
			err->len = p->len;
			*rc = -1;
			return NULL;
		}
		if (ret->kind == VALUE_LIST) {
			return p->expr->ref;
		}
	}
	return NULL;
}

static int add_argument(struct job_values *v, const struct text *t,
	const struct one_item *one, bool is_path, arg_vec *args, struct render_error *err)
{
	struct strbuf sb = STRBUF_INIT;
	struct one_item none = {.v = v};
	struct one_item use = one ? *one : none;
	struct renderer r = v->renderer;
	r.resolve = resolve_one;
	r.list_file = NULL;
	r.ctx = &use;
	/* `list` needs the job's own context */
	int rc = one ? template_render(&t->t, &r, false, &sb, err)
		     : job_render(v, t, false, &sb, err);
	if (rc == 0) {
		bool dash = is_path && sb.len && sb.buf[0] == '-';
		vec_push(args, arena_printf(v->arena, "%s%s", dash ? "./" : "", sb.buf));
	}
	strbuf_release(&sb);
	return rc;
}

static int add_text(struct job_values *v, const struct text *t, arg_vec *args,
	struct render_error *err)
{
	struct value value = {.kind = VALUE_TEXT};
	int rc = 0;
	const struct ref *list = find_list(v, t, &value, err, &rc);
	bool alone = t->t.count == 1;
	if (rc != 0 || !list) {
		return rc ? rc
			  : add_argument(v, t, NULL, alone && value.is_path, args, err);
	}
	for (uint32_t i = 0; i < value.count; i++) {
		struct one_item one = {.v = v, .ref = list};
		one.item = (struct value){.kind = VALUE_TEXT,
			.text = value.list[i],
			.is_path = value.is_path};
		if (add_argument(v, t, &one, alone && value.is_path, args, err) != 0) {
			return -1;
		}
	}
	return 0;
}

int job_argv(struct job_values *v, char *const **ret, uint32_t *ret_at,
	struct render_error *err)
{
	const struct rule *rule = v->rule;
	arg_vec args = {0};
	int rc = 0;
	for (uint32_t i = 0; i < rule->argv_count && rc == 0; i++) {
		*ret_at = i;
		rc = add_text(v, &rule->argv[i], &args, err);
	}
	if (rc == 0 && !args.n) {
		*ret_at = 0;
		err->text = "the command is empty";
		rc = -1;
	}
	if (rc == 0) {
		char **argv = ARENA_ARRAY(v->arena, char *, args.n + 1);
		memcpy(argv, args.v, args.n * sizeof(*argv));
		*ret = argv;
	}
	vec_release(&args);
	return rc;
}

/* --- scripts -------------------------------------------------------------------------- */

static const struct {
	struct strview ending;
	const char *program;
} programs[] = {{SV_INIT(".py"), "python3"}, {SV_INIT(".R"), "Rscript"},
	{SV_INIT(".r"), "Rscript"}, {SV_INIT(".sh"), "sh"}, {SV_INIT(".bash"), "bash"},
	{SV_INIT(".jl"), "julia"}, {SV_INIT(".pl"), "perl"}};

/* The words of a first line "#! program argument"; their number. */
static uint32_t read_shebang(struct arena *arena, const char *path, char **words)
{
	char line[256];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, line, sizeof(line) - 1) : -1;
	uint32_t count = 0;
	if (fd >= 0) {
		close(fd);
	}
	if (n < 3 || line[0] != '#' || line[1] != '!') {
		return 0;
	}
	line[n] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	char *at = line + 2 + strspn(line + 2, " \t");
	size_t len = strcspn(at, " \t");
	if (len) {
		words[count++] = arena_memdup0(arena, at, len);
	}
	at += len + strspn(at + len, " \t");
	len = strlen(at);
	while (len && (at[len - 1] == ' ' || at[len - 1] == '\t')) {
		len--;
	}
	if (len) {
		words[count++] = arena_memdup0(arena, at, len);
	}
	return count;
}

char *const *script_argv(struct arena *arena, struct strview dir, struct strview path,
	const char **ret_error)
{
	char **argv = ARENA_ARRAY(arena, char *, 4);
	char *file = path.n && path.p[0] == '/' ? arena_memdup0(arena, path.p, path.n)
						: arena_printf(arena, SV_FMT "/" SV_FMT,
							  SV_ARG(dir), SV_ARG(path));
	uint32_t n = 0;
	if (access(file, R_OK) != 0) {
		*ret_error = arena_printf(
			arena, "script \"%s\" cannot be read: %s", file, strerror(errno));
		return NULL;
	}
	if (access(file, X_OK) != 0) {
		n = read_shebang(arena, file, argv);
		for (size_t i = 0; n == 0 && i < CW_ARRAY_LEN(programs); i++) {
			if (sv_ends(path, programs[i].ending)) {
				argv[n++] = arena_strdup(arena, programs[i].program);
			}
		}
		if (n == 0) {
			*ret_error = arena_printf(arena,
				"script \"%s\" is not executable, and neither its first "
				"line (#!) nor its ending says what runs it",
				file);
			return NULL;
		}
	}
	argv[n] = file;
	return argv;
}
