#include "pattern/glob_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/vec.h"
#include "pattern/pattern_parts.h"
#include "pattern/row_sort.h"

#define NO_NODE UINT32_MAX

/* What stands between two slashes of the pattern. */
struct component {
	struct strview prefix,
		suffix; /* literal ends; prefix is all without a wildcard */
	bool wild;
	bool deep; /* a wildcard in it can hold a slash: everything below is looked at */
	bool hidden; /* names that begin with a dot can match */
};

/* A folder that was entered; its parents are those on its path. */
struct node {
	uint32_t parent;
	dev_t dev;
	ino_t ino;
};

/* A folder to look at. */
struct todo {
	char *path; /* owned; ends in a slash, or empty */
	uint32_t component, parent;
	bool below; /* somewhere below a deep component */
};

struct walk {
	struct diag_sink *sink;
	struct arena *arena; /* values */
	int dir;
	const struct pattern *p;
	uint32_t columns;
	struct span where;
	VEC(struct component) components;
	bool folders;     /* the pattern ends in a slash */
	bool hidden_deep; /* below a deep component, hidden folders can hold matches */
	VEC(struct node) nodes;
	VEC(struct todo) todo;
	VEC(struct strview) values;
	size_t rows; /* counted apart: there may be no columns */
	struct strview *match;
	struct strbuf path;
};

/* Whether a constraint begins with a literal dot. */
static bool says_dot(const struct pattern_wildcard *w)
{
	return w->constraint.p && (sv_starts(w->constraint, SV("\\.")) ||
					  sv_starts(w->constraint, SV("[.]")));
}

static bool is_word(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

/* Whether some value that fits the expression may hold a slash: not where it is made of
 * letters, digits and classes of them, and classes that refuse the slash. */
static bool expression_crosses(struct strview e)
{
	for (size_t i = 0; i < e.n; i++) {
		char c = e.p[i];
		char next = i + 1 < e.n ? e.p[i + 1] : '\0';
		if (c == '\\' && next && strchr("dws.-_", next)) {
			i++;
		} else if (c == '[' && next == '^') {
			const char *close = memchr(e.p + i, ']', e.n - i);
			size_t n = close ? (size_t)(close - e.p) - i : 0;
			if (!memchr(e.p + i, '/', n) || memchr(e.p + i, '\\', n)) {
				return true;
			}
			i += n;
		} else if (c == '-') {
			/* ranges from letters or digits on hold no slash */
			if (i && !is_word(e.p[i - 1]) && e.p[i - 1] != '[') {
				return true;
			}
		} else if (c == '(' && next == '?') {
			return true;
		} else if (!is_word(c) && !(c && strchr("[]()|*+?{},", c))) {
			return true;
		}
	}
	return false;
}

static bool may_cross(const struct pattern_wildcard *w)
{
	return w->constraint.p ? expression_crosses(w->constraint) : w->crosses;
}

/* Adds literal text to the component that is being made, which a slash ends. */
static void add_text(struct walk *w, struct strview text)
{
	const char *from = text.p, *end = text.p + text.n;
	for (;;) {
		const char *slash = memchr(from, '/', (size_t)(end - from));
		const char *to = slash ? slash : end;
		struct component *c = &vec_last(&w->components);
		struct strview part = {from, (size_t)(to - from)};
		if (c->wild) {
			c->suffix = part;
		} else {
			c->prefix = part;
			c->hidden = part.n && part.p[0] == '.';
		}
		if (!slash) {
			return;
		}
		(void)vec_add(&w->components);
		from = slash + 1;
	}
}

static void split_pattern(struct walk *w)
{
	const struct pattern *p = w->p;
	(void)vec_add(&w->components);
	for (uint32_t i = 0; i < p->part_count; i++) {
		const struct pattern_part *part = &p->parts[i];
		if (part->wildcard == PART_TEXT) {
			add_text(w, part->text);
			continue;
		}
		const struct pattern_wildcard *card = &p->wildcards[part->wildcard];
		struct component *c = &vec_last(&w->components);
		c->hidden = c->hidden || (!c->wild && !c->prefix.n && says_dot(card));
		c->wild = true;
		c->suffix = SV("");
		c->deep = c->deep || may_cross(card);
	}
	for (size_t i = 0; i < w->components.n; i++) {
		w->hidden_deep = w->hidden_deep || w->components.v[i].hidden;
	}
	if (w->components.n > 1 && !vec_last(&w->components).wild &&
		!vec_last(&w->components).prefix.n) {
		w->folders = true;
		w->components.n--;
	}
}

/* A value does not hold what is hidden, unless its constraint says the dot. */
static bool shows_hidden(const struct walk *w)
{
	const struct pattern *p = w->p;
	for (uint32_t i = 0; i < p->wildcard_count; i++) {
		struct strview v = w->match[i];
		if (!p->wildcards[i].seen || !v.n) {
			continue;
		}
		bool at_begin = v.p == w->path.buf || v.p[-1] == '/';
		if ((v.p[0] == '.' && at_begin && !says_dot(&p->wildcards[i])) ||
			memmem(v.p, v.n, "/.", 2)) {
			return true;
		}
	}
	return false;
}

/* 1 folder, 0 something else, -1 nothing there (any more). */
static int is_folder(const struct walk *w, unsigned char type, const char *path)
{
	struct stat st;
	if (type != DT_UNKNOWN && type != DT_LNK) {
		return type == DT_DIR;
	}
	if (fstatat(w->dir, path, &st, 0)) {
		return -1;
	}
	return S_ISDIR(st.st_mode) ? 1 : 0;
}

/* Takes w->path where it matches and is what the pattern wants. */
static int offer(struct walk *w, unsigned char type)
{
	if (type == DT_DIR && !w->folders) {
		return 0;
	}
	size_t len = w->path.len;
	if (w->folders) {
		strbuf_addch(&w->path, '/');
	}
	enum match m = pattern_match(w->p, strbuf_sv(&w->path), w->match);
	if (m == MATCH_LIMIT) {
		return diag_error(w->sink, "CW-E121", w->where,
			"matching \"%s\" takes too long; make the constraints simpler",
			w->path.buf);
	}
	bool take = m == MATCH_YES && !shows_hidden(w) &&
		    is_folder(w, type, w->path.buf) == (w->folders ? 1 : 0);
	for (uint32_t i = 0; take && i < w->columns; i++) {
		vec_push(&w->values, arena_sv(w->arena, w->match[i]));
	}
	w->rows += take;
	strbuf_setlen(&w->path, len);
	return 0;
}

static void push_todo(struct walk *w, uint32_t component, uint32_t parent, bool below)
{
	vec_push(&w->todo, (struct todo){.path = xmemdup0(w->path.buf, w->path.len),
				   .component = component,
				   .parent = parent,
				   .below = below});
}

/* Whether the name fits the literal ends of a component. */
static bool fits(const struct component *c, struct strview name)
{
	if (name.p[0] == '.' && !c->hidden) {
		return false;
	}
	return sv_starts(name, c->prefix) &&
	       (c->deep ||
		       (sv_ends(name, c->suffix) && name.n >= c->prefix.n + c->suffix.n));
}

/* An entry of a folder; w->path is its path. */
static int take_entry(struct walk *w, const struct todo *t, uint32_t node,
	struct strview name, unsigned char type)
{
	const struct component *c = &w->components.v[t->component];
	bool last = t->component + 1 == w->components.n;
	bool deep = t->below || c->deep;
	if (t->below ? name.p[0] == '.' && !w->hidden_deep : !fits(c, name)) {
		return 0;
	}
	if ((last || deep) && offer(w, type)) {
		return -1;
	}
	if ((last && !deep) || (type != DT_DIR && type != DT_LNK && type != DT_UNKNOWN) ||
		is_folder(w, type, w->path.buf) != 1) {
		return 0;
	}
	strbuf_addch(&w->path, '/');
	push_todo(w, deep ? t->component : t->component + 1, node, deep);
	return 0;
}

/* Remembers the folder; NO_NODE where it is on its own path. */
static uint32_t enter(struct walk *w, uint32_t parent, const struct stat *st)
{
	for (uint32_t i = parent; i != NO_NODE; i = w->nodes.v[i].parent) {
		if (w->nodes.v[i].dev == st->st_dev && w->nodes.v[i].ino == st->st_ino) {
			return NO_NODE;
		}
	}
	vec_push(&w->nodes, (struct node){parent, st->st_dev, st->st_ino});
	return (uint32_t)(w->nodes.n - 1);
}

static int read_entries(struct walk *w, const struct todo *t, DIR *d, uint32_t node)
{
	for (;;) {
		errno = 0;
		const struct dirent *e = readdir(d);
		if (!e) {
			break;
		}
		struct strview name = sv_from(e->d_name);
		if (sv_eq_str(name, ".") || sv_eq_str(name, "..") ||
			sv_eq_str(name, ".cwflow")) {
			continue;
		}
		strbuf_reset(&w->path);
		strbuf_addstr(&w->path, t->path);
		strbuf_addsv(&w->path, name);
		if (take_entry(w, t, node, name, e->d_type)) {
			return -1;
		}
	}
	return errno ? diag_system(w->sink, "CW-E120", errno, t->path, "read") : 0;
}

static int read_folder(struct walk *w, const struct todo *t)
{
	const char *path = *t->path ? t->path : ".";
	struct stat st;
	int fd = openat(w->dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		bool none = errno == ENOENT || errno == ENOTDIR || errno == ELOOP;
		return none ? 0 : diag_system(w->sink, "CW-E120", errno, path, "read");
	}
	DIR *d = fstat(fd, &st) ? NULL : fdopendir(fd);
	if (!d) {
		int err = errno;
		close(fd);
		return diag_system(w->sink, "CW-E120", err, path, "read");
	}
	uint32_t node = enter(w, t->parent, &st);
	int rc = node == NO_NODE ? 0 : read_entries(w, t, d, node);
	closedir(d);
	return rc;
}

/* A component without wildcards: nothing to look for, the name is known. */
static int follow_literal(struct walk *w, const struct todo *t, const struct component *c)
{
	if (sv_eq_str(c->prefix, ".cwflow")) {
		return 0;
	}
	strbuf_reset(&w->path);
	strbuf_addstr(&w->path, t->path);
	strbuf_addsv(&w->path, c->prefix);
	if (t->component + 1 == w->components.n) {
		return offer(w, DT_UNKNOWN);
	}
	strbuf_addch(&w->path, '/');
	push_todo(w, t->component + 1, t->parent, false);
	return 0;
}

static int run(struct walk *w)
{
	push_todo(w, 0, NO_NODE, false);
	while (w->todo.n) {
		struct todo t = vec_pop(&w->todo);
		const struct component *c = &w->components.v[t.component];
		int rc = c->wild || t.below ? read_folder(w, &t)
					    : follow_literal(w, &t, c);
		free(t.path);
		if (rc) {
			return -1;
		}
	}
	return 0;
}

static void walk_release(struct walk *w)
{
	for (size_t i = 0; i < w->todo.n; i++) {
		free(w->todo.v[i].path);
	}
	vec_release(&w->todo);
	vec_release(&w->components);
	vec_release(&w->nodes);
	vec_release(&w->values);
	strbuf_release(&w->path);
	free(w->match);
}

int glob_collect(struct diag_sink *sink, struct arena *arena, int dir,
	const struct pattern *p, uint32_t columns, struct span where,
	struct strview **ret_values, size_t *ret_rows)
{
	struct walk w = {.sink = sink,
		.arena = arena,
		.dir = dir,
		.p = p,
		.columns = columns,
		.where = where};
	strbuf_init(&w.path);
	cw_assert(columns <= p->wildcard_count);
	w.match = xcalloc((size_t)p->wildcard_count + 1, sizeof(*w.match));
	split_pattern(&w);
	int rc = run(&w);
	if (!rc) {
		*ret_values = row_sort(arena, w.values.v, w.rows, columns, ret_rows);
	}
	walk_release(&w);
	return rc;
}

int glob_walk(struct diag_sink *sink, int dir, const struct pattern *p, uint32_t columns,
	struct span where, struct glob_rows *ret)
{
	struct glob_rows g = {.arena = ARENA_INIT, .columns = columns};
	if (glob_collect(sink, &g.arena, dir, p, columns, where, &g.values, &g.rows)) {
		arena_release(&g.arena);
		return -1;
	}
	*ret = g;
	return 0;
}

void glob_rows_release(struct glob_rows *g)
{
	arena_release(&g->arena);
	*g = (struct glob_rows){.values = NULL};
}
