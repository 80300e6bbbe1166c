/* Modules in git repositories, pinned in Workflowfile.lock beside the user's file. */
#include "parser/git_include.h"

#include <errno.h>
#include <limits.h>

#include "git/git_module.h"
#include "sys/fs.h"
#include "sys/path.h"

static const struct known_key pin_keys[] = {
	{"git", NULL}, {"ref", NULL}, {"commit", NULL}, {NULL, NULL}};

/* A line of the lock file. */
struct pin {
	struct strview url, ref, commit;
};

struct pins {
	VEC(struct pin) v;
	const char *path; /* of the file */
};

static bool is_commit(struct strview s)
{
	bool hex = s.n == 40;
	for (size_t i = 0; i < s.n && hex; i++) {
		hex = strchr("0123456789abcdef", s.p[i]) != NULL;
	}
	return hex;
}

static int read_pin(
	struct reader *r, const struct yaml_tree_node *node, struct pins *pins)
{
	const struct yaml_tree_node *url = get(node, "git"), *ref = get(node, "ref"),
				    *commit = get(node, "commit");
	if (want_mapping(r, node, "a module of the lock file") != 0 ||
		check_keys(r, node, pin_keys, "a module of the lock file", false) != 0) {
		return -1;
	}
	if (!url || !commit || want_scalar(r, url, "git") != 0 ||
		want_scalar(r, commit, "commit") != 0 || !is_commit(commit->text)) {
		return diag_error(r->sink, "CW-E039", node->span,
			"a module of the lock file needs `git` and `commit`, 40 hexadecimal "
			"digits; --update-modules writes it anew");
	}
	struct pin p = {url->text, ref ? ref->text : SV(""), commit->text};
	vec_push(&pins->v, p);
	return 0;
}

static int read_pins(struct reader *r, struct pins *pins)
{
	struct yaml_tree_node *root;
	struct node_list list;
	struct strbuf path = STRBUF_INIT;
	path_join(&path, path_dir(sv_from(r->options->file)), SV("Workflowfile.lock"));
	pins->path = arena_strdup(r->arena, path.buf);
	strbuf_release(&path);
	if (!fs_exists(pins->path)) {
		return 0;
	}
	if (read_yaml_file(r, pins->path, (struct span){0}, &root) != 0) {
		return -1;
	}
	list_of(get(root, "modules"), &list);
	int rc = 0;
	for (uint32_t i = 0; i < list.n; i++) {
		rc |= read_pin(r, list.v[i], pins);
	}
	return rc;
}

static void quoted(struct strbuf *out, struct strview s)
{
	strbuf_addch(out, '\'');
	for (size_t i = 0; i < s.n; i++) {
		strbuf_add(out, s.p[i] == '\'' ? "''" : s.p + i, s.p[i] == '\'' ? 2 : 1);
	}
	strbuf_addch(out, '\'');
}

static int write_pins(struct reader *r, const struct pins *pins)
{
	struct strbuf out = STRBUF_INIT;
	if (r->options->dry_run) {
		return 0;
	}
	strbuf_addstr(&out,
		"# Commits of the git modules. Changed by `cwflow --update-modules` only;\n"
		"# belongs into version control.\nmodules:\n");
	for (size_t i = 0; i < pins->v.n; i++) {
		const struct pin *p = &pins->v.v[i];
		strbuf_addstr(&out, "  - git: ");
		quoted(&out, p->url);
		if (p->ref.n) {
			strbuf_addstr(&out, "\n    ref: ");
			quoted(&out, p->ref);
		}
		strbuf_addf(&out, "\n    commit: " SV_FMT "\n", SV_ARG(p->commit));
	}
	int rc = fs_write_atomic(pins->path, out.buf, out.len, 0666);
	if (rc != 0) {
		diag_system(r->sink, "CW-E302", errno, pins->path, "write");
	}
	strbuf_release(&out);
	return rc;
}

/* Clones live with the user, for all projects. */
static const char *cache_folder(struct reader *r)
{
	const char *own = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	if (own && own[0] == '/') {
		return arena_printf(r->arena, "%s/cwflow/modules", own);
	}
	if (home && home[0] == '/') {
		return arena_printf(r->arena, "%s/.cache/cwflow/modules", home);
	}
	return arena_printf(r->arena, SV_FMT "/.cwflow/modules", SV_ARG(r->wf->workdir));
}

/* A folder of this host is meant relative to the file, as paths are. */
static const char *address(
	struct reader *r, const struct yaml_tree_node *git, struct strview url)
{
	if (!sv_starts(url, SV("./")) && !sv_starts(url, SV("../"))) {
		return arena_sv(r->arena, url).p;
	}
	const char *path = path_beside(r, url, git->span);
	struct strbuf whole = STRBUF_INIT;
	if (!path) {
		return NULL;
	}
	path_join(&whole, r->wf->workdir, sv_from(path));
	path = arena_strdup(r->arena, whole.buf);
	strbuf_release(&whole);
	return path;
}

static struct pin *find_pin(struct pins *pins, struct strview url, struct strview ref)
{
	for (size_t i = 0; i < pins->v.n; i++) {
		if (sv_eq(pins->v.v[i].url, url) && sv_eq(pins->v.v[i].ref, ref)) {
			return &pins->v.v[i];
		}
	}
	return NULL;
}

static int fetch(struct reader *r, const struct yaml_tree_node *node,
	const struct git_module *want, struct module *m, struct module_origin *origin)
{
	struct strbuf folder = STRBUF_INIT, commit = STRBUF_INIT, error = STRBUF_INIT;
	int rc = git_module_get(want, &folder, &commit, &error);
	if (rc != 0) {
		diag_error(r->sink, "CW-E039", node->span, "%s", error.buf);
	} else {
		origin->commit = arena_strdup(r->arena, commit.buf);
		m->clone = arena_sv(r->arena, strbuf_sv(&folder));
	}
	strbuf_release(&folder);
	strbuf_release(&commit);
	strbuf_release(&error);
	return rc;
}

/* The file within the clone; links do not lead out of it. */
static int file_in_clone(struct reader *r, const struct yaml_tree_node *node,
	struct strview path, const struct module *m, const char **ret)
{
	char real[PATH_MAX], top[PATH_MAX];
	const char *file =
		arena_printf(r->arena, SV_FMT "/" SV_FMT, SV_ARG(m->clone), SV_ARG(path));
	if (!realpath(file, real) || !realpath(m->clone.p, top)) {
		return diag_error(r->sink, "CW-E039", node->span,
			"the module has no file \"" SV_FMT "\"", SV_ARG(path));
	}
	if (!sv_starts(sv_from(real), sv_from(top)) || real[strlen(top)] != '/') {
		return diag_error(r->sink, "CW-E037", node->span,
			"a path of a git module must stay inside the module");
	}
	*ret = file;
	return 0;
}

static int pinned(struct reader *r, const struct yaml_tree_node *git,
	struct git_module *want, struct strview url, struct strview ref, struct module *m,
	struct module_origin *origin, struct pins *pins)
{
	struct pin *pin = find_pin(pins, url, ref);
	if (pin && !r->options->update_modules) {
		want->commit = arena_sv(r->arena, pin->commit).p;
	}
	if (fetch(r, git, want, m, origin) != 0) {
		return -1;
	}
	struct strview commit = sv_from(origin->commit);
	if (!pin) {
		struct pin fresh = {url, ref, commit};
		vec_push(&pins->v, fresh);
		return write_pins(r, pins);
	}
	if (!sv_eq(pin->commit, commit)) {
		pin->commit = commit;
		return write_pins(r, pins);
	}
	return 0;
}

int git_include(struct reader *r, const struct yaml_tree_node *node, struct module *m,
	const char **ret_file)
{
	const struct yaml_tree_node *git = get(node, "git"), *ref = get(node, "ref"),
				    *path = get(node, "path");
	struct strview url, ref_text = SV(""), file = SV("Workflowfile");
	if (constant(r, git, &url) != 0 || (ref && constant(r, ref, &ref_text) != 0) ||
		(path && constant(r, path, &file) != 0)) {
		return -1;
	}
	struct git_module want = {.cache = cache_folder(r)};
	struct module_origin *origin = ARENA_NEW(r->arena, struct module_origin);
	struct pins pins = {0};
	want.url = address(r, git, url);
	want.ref = ref_text.n ? arena_sv(r->arena, ref_text).p : NULL;
	origin->url = want.url;
	origin->ref = want.ref;
	int rc = want.url ? read_pins(r, &pins) : -1;
	rc = rc ? rc : pinned(r, git, &want, url, ref_text, m, origin, &pins);
	vec_release(&pins.v);
	if (rc != 0) {
		return -1;
	}
	/* trust is given by who includes, not by what is included */
	const struct yaml_tree_node *trust = get(node, "trust");
	bool on = false;
	m->trust = trust && read_bool(r, trust, &on) == 0 && on;
	m->origin = origin;
	return file_in_clone(r, path ? path : git, file, m, ret_file);
}
