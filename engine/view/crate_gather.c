/* The files of a crate: which there are, which are copied into it. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/hash.h"
#include "sys/copy_file.h"
#include "sys/fs.h"
#include "sys/path.h"
#include "sys/sha256_file.h"
#include "view/crate_parts.h"

void crate_add_uri(struct strbuf *sb, struct strview path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~/";
	for (size_t i = 0; i < path.n; i++) {
		if (memchr(plain, path.p[i], sizeof(plain) - 1)) {
			strbuf_addch(sb, path.p[i]);
		} else {
			strbuf_addf(sb, "%%%02X", (unsigned char)path.p[i]);
		}
	}
}

/* --- which there are -------------------------------------------------------------------- */

static uint32_t add_file(struct crate *c, struct strview path)
{
	struct crate_file *f = vec_add(&c->files);
	f->path = arena_sv(&c->arena, path).p;
	f->size = -1;
	f->job = DAG_NONE;
	f->place = CRATE_GONE;
	return (uint32_t)c->files.n - 1;
}

/* The file with an id of the state. */
static uint32_t known_file(struct crate *c, uint32_t id)
{
	const struct dag *d = c->p->d;
	struct row_file row;
	if (c->file_of.v[id] != STATE_NONE) {
		return c->file_of.v[id];
	}
	uint32_t number = id < c->s->number_of.n ? c->s->number_of.v[id] : STATE_NONE;
	struct strview path = SV("");
	if (number != STATE_NONE && number < d->paths.count) {
		path = dag_path(d, number);
	} else if (state_file(c->s, id, &row) > 0) {
		path = row.path;
	}
	uint32_t at = add_file(c, path);
	const struct known_file *known = &c->s->files.v[id];
	struct crate_file *f = &c->files.v[at];
	f->size = known->stamp.size;
	f->mtime_ns = known->stamp.mtime_ns;
	f->content = known->content;
	f->folder = known->content.kind == CONTENT_TREE;
	if (number != STATE_NONE && number < d->paths.count) {
		f->job = d->producer[number];
		f->result = d->file_flags[number] & FILE_TARGET;
	}
	c->file_of.v[id] = at;
	return at;
}

static void note_caption(struct crate *c, struct crate_file *f, uint32_t number)
{
	const struct dag *d = c->p->d;
	const struct rule *rule = dag_rule(d, f->job);
	for (uint32_t k = 0; k < rule->output_count; k++) {
		if (dag_products(d, f->job)[k] == number && rule->products[k].caption) {
			f->caption = rule->products[k].caption;
			f->result = true;
		}
	}
}

static void gather_files(struct crate *c)
{
	const struct state *s = c->s;
	for (size_t i = 0; i < s->files.n; i++) {
		vec_push(&c->file_of, STATE_NONE);
	}
	for (uint32_t i = 0; i < c->run.bars.n; i++) {
		if (c->run.bars.v[i].job == STATE_NONE) {
			continue;
		}
		const struct known_job *job = &s->jobs.v[c->run.bars.v[i].job];
		for (uint32_t k = 0; k < job->output_count; k++) {
			uint32_t id = s->outputs.v[job->outputs + k];
			uint32_t at = known_file(c, id); /* it may move the list */
			c->files.v[at].made = true;
		}
		for (uint32_t k = 0; k < job->input_count; k++) {
			uint32_t id = s->inputs.v[job->inputs + k].file;
			uint32_t at = known_file(c, id);
			c->files.v[at].used = true;
		}
	}
	for (uint32_t id = 0; id < c->file_of.n; id++) {
		uint32_t at = c->file_of.v[id];
		uint32_t number = id < s->number_of.n ? s->number_of.v[id] : STATE_NONE;
		if (at != STATE_NONE) {
			struct crate_file *f = &c->files.v[at];
			f->result = f->made && (f->result || !f->used);
			if (f->made && f->job != DAG_NONE) {
				note_caption(c, f, number);
			}
		}
	}
}

/* --- the workflow's own files ------------------------------------------------------------- */

/* Names of files that the run used or made: number in `files`. */
static void name_all(struct crate *c, struct hashmap *names)
{
	for (uint32_t i = 0; i < c->files.n; i++) {
		const char *path = c->files.v[i].path;
		hashmap_set(names, hash64(path, strlen(path)), i);
	}
}

static uint32_t find_file(
	const struct crate *c, const struct hashmap *names, struct strview path)
{
	uint32_t at = hashmap_get(names, hash64(path.p, path.n));
	bool found = at != HASHMAP_NONE && sv_eq_str(path, c->files.v[at].path);
	return found ? at : STATE_NONE;
}

/* A file that the workflow is read from; what is no file (words of the command line) is left
 * out. Its number, or STATE_NONE. */
static uint32_t add_source(struct crate *c, struct hashmap *names, struct strview name)
{
	struct strbuf path = STRBUF_INIT;
	struct fs_stat st;
	path_normalise(&path, name, sv_from(c->o->workdir));
	uint32_t at = STATE_NONE;
	if (fs_stat(AT_FDCWD, path.buf, &st) == 0 && st.kind == FS_FILE) {
		at = find_file(c, names, strbuf_sv(&path));
		if (at == STATE_NONE) {
			at = add_file(c, strbuf_sv(&path));
			hashmap_set(names, hash64(path.buf, path.len), at);
		}
		c->files.v[at].workflow = true;
		c->files.v[at].size = (int64_t)st.size;
		c->files.v[at].mtime_ns = st.mtime_ns;
	}
	strbuf_release(&path);
	return at;
}

static void gather_sources(struct crate *c)
{
	const struct workflow *wf = c->p->d->wf;
	struct strbuf path = STRBUF_INIT;
	struct hashmap names;
	hashmap_init(&names);
	name_all(c, &names);
	c->workflow = add_source(c, &names, sv_from(wf->file));
	for (uint32_t i = 1; i < c->o->sources->n; i++) {
		const char *name = source_name(c->o->sources, i);
		if (!sv_starts(sv_from(name), SV("--"))) {
			add_source(c, &names, sv_from(name));
		}
	}
	for (uint32_t i = 0; i < wf->rule_count; i++) {
		const struct rule *rule = &wf->rules[i];
		struct strview script = rule->script.t.text;
		if (rule->command_kind == RULE_SCRIPT &&
			!memchr(script.p, '{', script.n)) {
			strbuf_reset(&path);
			path_join(&path, rule->script_dir, script);
			add_source(c, &names, strbuf_sv(&path));
		}
	}
	strbuf_release(&path);
	hashmap_release(&names);
}

/* --- where they are, and copies ---------------------------------------------------------- */

/* Whether the name stays below the folder of the crate and is none of its own. */
static bool fits_inside(const char *path)
{
	struct strview rest = sv_from(path);
	if (path[0] == '/' || path[0] == '\0' || sv_starts(rest, SV(".cwflow/")) ||
		sv_starts(rest, SV("ro-crate-")) || sv_starts(rest, SV("other/"))) {
		return false;
	}
	while (rest.n) {
		const char *slash = memchr(rest.p, '/', rest.n);
		size_t n = slash ? (size_t)(slash - rest.p) : rest.n;
		if (n == 2 && memcmp(rest.p, "..", 2) == 0) {
			return false;
		}
		rest = sv_skip(rest, slash ? n + 1 : n);
	}
	return true;
}

/* Whether the file is what the run left or saw. */
static enum crate_place look(const struct crate_file *f)
{
	struct fs_stat st;
	if (fs_stat(AT_FDCWD, f->path, &st) != 0 || st.kind == FS_MISSING ||
		st.kind == FS_LINK) {
		return CRATE_GONE;
	}
	if (f->folder || st.kind != FS_FILE) {
		return CRATE_LEFT;
	}
	return (int64_t)st.size == f->size && st.mtime_ns == f->mtime_ns ? CRATE_LEFT
									 : CRATE_CHANGED;
}

static int copy_into(struct crate *c, struct crate_file *f, const char *name)
{
	struct strbuf to = STRBUF_INIT;
	strbuf_addf(&to, "%s/%s", c->o->dir, name);
	int rc = fs_make_parents(AT_FDCWD, to.buf);
	rc = rc == 0 ? copy_file(f->path, to.buf) : rc;
	if (rc == 0) {
		f->place = CRATE_COPIED;
		c->copied += f->size;
	}
	strbuf_release(&to);
	return rc;
}

/* "file:///where/it/is", or its name in the crate. */
static void name_file(struct crate *c, struct crate_file *f, const char *inside)
{
	struct strbuf id = STRBUF_INIT;
	if (f->place == CRATE_COPIED) {
		crate_add_uri(&id, sv_from(inside));
	} else {
		strbuf_addstr(&id, "file://");
		if (f->path[0] != '/') {
			crate_add_uri(&id, sv_from(c->o->workdir));
			strbuf_addch(&id, '/');
		}
		crate_add_uri(&id, sv_from(f->path));
	}
	if (f->folder && id.len && id.buf[id.len - 1] != '/') {
		strbuf_addch(&id, '/');
	}
	f->id = arena_sv(&c->arena, strbuf_sv(&id)).p;
	strbuf_release(&id);
}

static bool wants_copy(const struct crate *c, const struct crate_file *f)
{
	if (f->place != CRATE_LEFT || f->folder) {
		return false;
	}
	return f->workflow || ((f->result || !f->made) && f->size <= c->o->copy_most &&
				      c->copied + f->size <= c->o->copy_all);
}

/* 0, or -1: a file cannot be copied. One that cannot be read any more is left. */
static int place_file(struct crate *c, uint32_t i)
{
	struct crate_file *f = &c->files.v[i];
	struct strbuf inside = STRBUF_INIT;
	int rc = 0;
	f->place = look(f);
	if (fits_inside(f->path)) {
		strbuf_addstr(&inside, f->path);
	} else {
		strbuf_addf(&inside, "other/%u/" SV_FMT, (unsigned)i,
			SV_ARG(path_name(sv_from(f->path))));
	}
	if (wants_copy(c, f)) {
		rc = copy_into(c, f, inside.buf);
		if (rc != 0 && access(f->path, R_OK) != 0) {
			rc = 0; /* it went away, or is not for us: it is named all the same */
		}
	}
	name_file(c, f, inside.buf);
	strbuf_release(&inside);
	if (rc == 0 && !f->folder && f->place <= CRATE_LEFT &&
		(!c->o->sum_most || f->size <= c->o->sum_most) &&
		sha256_file(f->path, f->sha256) != 0) {
		f->sha256[0] = '\0';
	}
	return rc;
}

int crate_gather(struct crate *c)
{
	gather_files(c);
	gather_sources(c);
	for (uint32_t i = 0; i < c->files.n; i++) {
		if (place_file(c, i) != 0) {
			return -1;
		}
	}
	return 0;
}

/* --- who made and used them -------------------------------------------------------------- */

static int by_file(const void *a, const void *b)
{
	const struct crate_role *x = a, *y = b;
	if (x->file != y->file) {
		return x->file < y->file ? -1 : 1;
	}
	return x->made != y->made ? (int)y->made - (int)x->made
				  : (x->rule > y->rule) - (x->rule < y->rule);
}

static void add_role(
	struct crate *c, struct hashmap *known, uint32_t id, uint32_t rule, bool made)
{
	uint32_t file = c->file_of.v[id];
	uint64_t key = (uint64_t)file << 32 | (uint64_t)rule << 1 | (made ? 1 : 0);
	if (hashmap_set(known, key, 0) == HASHMAP_NONE) {
		vec_push(&c->roles, (struct crate_role){file, rule, made});
	}
	if (made) {
		c->makes.v[rule] = 1;
	} else {
		c->uses.v[rule] = 1;
	}
}

void crate_gather_roles(struct crate *c)
{
	const struct state *s = c->s;
	struct hashmap known;
	hashmap_init(&known);
	for (uint32_t i = 0; i < c->rules.count; i++) {
		vec_push(&c->uses, 0);
		vec_push(&c->makes, 0);
	}
	for (uint32_t i = 0; i < c->run.bars.n; i++) {
		if (c->run.bars.v[i].job == STATE_NONE) {
			continue;
		}
		const struct known_job *job = &s->jobs.v[c->run.bars.v[i].job];
		for (uint32_t k = 0; k < job->output_count; k++) {
			add_role(c, &known, s->outputs.v[job->outputs + k], c->rule_of[i],
				true);
		}
		for (uint32_t k = 0; k < job->input_count; k++) {
			add_role(c, &known, s->inputs.v[job->inputs + k].file,
				c->rule_of[i], false);
		}
	}
	if (c->roles.n) {
		qsort(c->roles.v, c->roles.n, sizeof(*c->roles.v), by_file);
	}
	hashmap_release(&known);
}
