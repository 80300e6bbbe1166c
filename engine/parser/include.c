/* The user's file and what it includes: which files are read, in which names, with which
 * configuration. Nothing of their rules is looked at here. */
#include "parser/git_include.h"
#include "parser/reader.h"
#include "sys/path.h"

enum { DEPTH_MOST = 50 };

static const struct known_key include_keys[] = {{"path", NULL}, {"git", NULL},
	{"ref", NULL}, {"command", NULL}, {"as", NULL}, {"prefix", NULL},
	{"config", NULL}, {"with", NULL}, {"trust", NULL}, {NULL, NULL}};

static const struct known_key top_keys[] = {{"cwflow", NULL}, {"config", NULL},
	{"configfile", NULL}, {"envvars", NULL}, {"sets", NULL},
	{"wildcard_constraints", NULL}, {"shell", NULL}, {"defaults", NULL},
	{"include", NULL}, {"rules", NULL}, {"ruleorder", NULL}, {"default_target", NULL},
	{"onstart", NULL}, {"onsuccess", NULL}, {"onerror", NULL}, {NULL, NULL}};

static struct strview absolute_dir(struct reader *r, struct strview dir)
{
	struct strbuf joined = STRBUF_INIT, normal = STRBUF_INIT;
	path_join(&joined, r->wf->workdir, dir);
	path_normalise(&normal, strbuf_sv(&joined), SV(""));
	struct strview ret = arena_sv(r->arena, strbuf_sv(&normal));
	strbuf_release(&joined);
	strbuf_release(&normal);
	return ret;
}

static struct file_unit *new_unit(struct reader *r, struct file_unit *parent,
	struct module *module, const char *path)
{
	struct file_unit *u = ARENA_NEW(r->arena, struct file_unit);
	u->parent = parent;
	u->module = module;
	u->path = path;
	u->dir = arena_sv(r->arena, path_dir(sv_from(path)));
	u->base = absolute_dir(r, u->dir);
	u->depth = parent ? parent->depth + 1 : 0;
	vec_push(&r->units, u);
	return u;
}

static struct module *new_module(struct reader *r, struct module *parent)
{
	struct module *m = ARENA_NEW(r->arena, struct module);
	m->number = (uint32_t)r->modules.n;
	m->parent = parent;
	if (parent) {
		m->as = parent->as;
		m->prefix = parent->prefix;
		m->origin = parent->origin;
		m->clone = parent->clone;
		m->trust = parent->trust;
	}
	vec_push(&r->modules, m);
	return m;
}

static int load_includes(struct reader *r, struct file_unit *u);

/* Takes in a file whose tree is read: its configuration, then what it includes. */
static int take_tree(struct reader *r, struct file_unit *u,
	const struct yaml_tree_node *root, bool joined)
{
	struct file_unit *before = r->unit;
	const struct config *own;
	r->unit = u;
	u->root = root;
	int rc = 0;
	if (root) {
		rc = want_mapping(r, root, "a Workflowfile");
	}
	if (rc == 0 && root) {
		/* told, and what else is wrong too */
		r->failed |= check_keys(r, root, top_keys, "the top level", false) != 0;
	}
	if (rc != 0) {
		u->root = NULL;
	} else if (root) {
		rc = config_of_file(r, NULL, &own);
		r->no_config |= rc != 0;
		u->module->config = config_merge(r->arena, own, u->module->config);
		if (!joined && !u->parent) {
			rc |= config_of_command_line(
				r, u->module->config, &u->module->config);
		}
		rc = rc ? rc : load_includes(r, u);
	}
	r->unit = before;
	return rc;
}

/* A file that is on its own way of includes. */
static int check_circle(struct reader *r, const struct file_unit *u, struct strview path,
	struct span span)
{
	struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;
	int rc = 0;
	path_normalise(&a, path, r->wf->workdir);
	for (; u && rc == 0; u = u->parent) {
		strbuf_reset(&b);
		path_normalise(&b, sv_from(u->path), r->wf->workdir);
		if (sv_eq(strbuf_sv(&a), strbuf_sv(&b))) {
			rc = diag_error(r->sink, "CW-E036", span,
				"\"%s\" includes itself, directly or by way of others",
				u->path);
		}
	}
	strbuf_release(&a);
	strbuf_release(&b);
	return rc;
}

static int load_path(struct reader *r, struct file_unit *u, struct module *m,
	const struct yaml_tree_node *node, bool joined)
{
	struct strview text;
	struct yaml_tree_node *root;
	if (constant(r, node, &text) != 0) {
		return -1;
	}
	const char *path = path_beside(r, text, node->span);
	if (!path || check_circle(r, u, sv_from(path), node->span) != 0 ||
		read_yaml_file(r, path, node->span, &root) != 0) {
		return -1;
	}
	struct file_unit *inner = new_unit(r, u, m, path);
	inner->asked = node->span;
	return take_tree(r, inner, root, joined);
}

static int load_command(struct reader *r, struct file_unit *u, struct module *m,
	const struct yaml_tree_node *node, bool joined)
{
	struct yaml_tree_node *root = NULL;
	const char *name = "";
	if (r->options->no_generators) {
		return 0;
	}
	if (!m->trust && m->clone.n) {
		return diag_error(r->sink, "CW-E037", node->span,
			"a git module may run no programs at load; `trust: true` beside "
			"`git` lets it");
	}
	if (run_generator(r, node, &root, &name) != 0) {
		return -1;
	}
	struct file_unit *inner = new_unit(r, u, m, name);
	inner->dir = u->dir;
	inner->base = u->base;
	inner->asked = node->span;
	return take_tree(r, inner, root, joined);
}

static int read_prefix(struct reader *r, const struct yaml_tree_node *node,
	const char *what, struct strview before, struct strview *ret)
{
	struct strview text;
	if (!node) {
		return 0;
	}
	if (want_scalar(r, node, what) != 0 || constant(r, node, &text) != 0) {
		return -1;
	}
	*ret = sv_from(
		arena_printf(r->arena, SV_FMT SV_FMT, SV_ARG(before), SV_ARG(text)));
	return 0;
}

static int read_as(struct reader *r, const struct yaml_tree_node *node, struct module *m)
{
	int rc = read_prefix(r, node, "as", m->as, &m->as);
	if (rc == 0 && m->as.n && !is_name(m->as)) {
		return diag_error(r->sink, "CW-E014", node->span,
			"`as` stands before names of rules: letters, digits and _ only, "
			"and no digit first");
	}
	return rc;
}

static int read_path_prefix(
	struct reader *r, const struct yaml_tree_node *node, struct module *m)
{
	if (read_prefix(r, node, "prefix", m->prefix, &m->prefix) != 0) {
		return -1;
	}
	if (node && m->prefix.n && m->prefix.p[m->prefix.n - 1] != '/') {
		m->prefix =
			sv_from(arena_printf(r->arena, SV_FMT "/", SV_ARG(m->prefix)));
	}
	return 0;
}

static int read_module_config(
	struct reader *r, const struct yaml_tree_node *node, struct module *m)
{
	if (!node) {
		m->config = m->parent->config;
		return 0;
	}
	if (node->kind == YAML_SCALAR) {
		struct text t;
		if (parse_text(r, node, TEMPLATE_TEXT, SHELL_BASH, &t) != 0) {
			return -1;
		}
		const struct expr *e = t.t.count == 1 && t.t.pieces[0].kind == PIECE_EXPR
					       ? t.t.pieces[0].expr
					       : NULL;
		if (e && e->op == EXPR_REF && e->ref->kind == REF_CONFIG) {
			m->config = e->ref->bound;
			if (m->config && m->config->kind == CONFIG_MAP) {
				return 0;
			}
		}
	}
	if (want_mapping(r, node, "the config of a module") != 0) {
		return -1;
	}
	m->config = config_from_yaml(r, node);
	return 0;
}

/* What a mapping says besides where the module is. */
static int read_module(
	struct reader *r, const struct yaml_tree_node *node, struct module *m)
{
	const struct yaml_tree_node *trust = get(node, "trust");
	bool on = false;
	int rc = read_as(r, get(node, "as"), m);
	rc |= read_path_prefix(r, get(node, "prefix"), m);
	rc |= read_module_config(r, get(node, "config"), m);
	m->with = get(node, "with");
	m->with_unit = r->unit;
	if (m->with) {
		rc |= want_mapping(r, m->with, "with");
		m->with = rc ? NULL : m->with;
	}
	if (trust) {
		rc |= read_bool(r, trust, &on);
		m->trust = on && (m->trust || !m->clone.n);
	}
	return rc;
}

static int load_mapping(
	struct reader *r, struct file_unit *u, const struct yaml_tree_node *node)
{
	const struct yaml_tree_node *path = get(node, "path"), *git = get(node, "git"),
				    *command = get(node, "command");
	if (check_keys(r, node, include_keys, "an include", false) != 0) {
		return -1;
	}
	if (git ? command != NULL : !path == !command) {
		return diag_error(r->sink, "CW-E013", node->span,
			"an include needs one of path, git, command");
	}
	if (get(node, "ref") && !git) {
		return diag_error(r->sink, "CW-E013", get(node, "ref")->span,
			"`ref` names a commit of the repository behind `git`, and there is "
			"no `git` here");
	}
	if (command && !get(node, "as") && !get(node, "prefix") && !get(node, "config") &&
		!get(node, "with")) {
		return load_command(r, u, u->module, command, true);
	}
	struct module *m = new_module(r, u->module);
	if (read_module(r, node, m) != 0) {
		return -1;
	}
	if (git) {
		const char *file;
		struct yaml_tree_node *root;
		if (git_include(r, node, m, &file) != 0 ||
			read_yaml_file(r, file, node->span, &root) != 0) {
			return -1;
		}
		struct file_unit *inner = new_unit(r, u, m, file);
		inner->asked = node->span;
		return take_tree(r, inner, root, false);
	}
	return command ? load_command(r, u, m, command, false)
		       : load_path(r, u, m, path, false);
}

/* Bounded by DEPTH_MOST. */
static int load_includes(struct reader *r, struct file_unit *u)
{
	const struct yaml_tree_node *include = get(u->root, "include");
	struct node_list list;
	int rc = 0;
	list_of(include, &list);
	if (list.n && u->depth >= DEPTH_MOST) {
		return diag_error(r->sink, "CW-E036", include->span,
			"includes are nested more than %d deep", (int)DEPTH_MOST);
	}
	for (uint32_t i = 0; i < list.n; i++) {
		const struct yaml_tree_node *node = list.v[i];
		if (node->kind == YAML_MAPPING) {
			rc |= load_mapping(r, u, node);
		} else if (want_scalar(r, node, "an include") != 0) {
			rc = -1;
		} else {
			rc |= load_path(r, u, u->module, node, true);
		}
	}
	return rc;
}

int read_units(struct reader *r, const char *path)
{
	struct yaml_tree_node *root;
	struct module *m = new_module(r, NULL);
	if (read_yaml_file(r, path, (struct span){0}, &root) != 0) {
		return -1;
	}
	return take_tree(
		r, new_unit(r, NULL, m, arena_strdup(r->arena, path)), root, false);
}
