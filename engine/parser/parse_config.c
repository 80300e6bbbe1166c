/* The configuration: `config`, `configfile`, --configfile, --config, low to high. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "parser/reader.h"
#include "sys/fs.h"
#include "sys/path.h"

enum { TEXT_MOST = 1 << 30 };

/* Nesting is bounded by the YAML reader. */
struct config *config_from_yaml(struct reader *r, const struct yaml_tree_node *node)
{
	struct config *c = ARENA_NEW(r->arena, struct config);
	c->span = node->span;
	switch (node->kind) {
	case YAML_SCALAR:
		c->kind = CONFIG_TEXT;
		c->text = node->text;
		return c;
	case YAML_SEQUENCE:
		c->kind = CONFIG_LIST;
		break;
	case YAML_MAPPING:
		c->kind = CONFIG_MAP;
		c->keys = ARENA_ARRAY(r->arena, struct strview, node->count);
		break;
	}
	c->items = ARENA_ARRAY(r->arena, struct config *, node->count);
	for (uint32_t i = 0; i < node->count; i++) {
		if (node->kind == YAML_MAPPING) {
			c->keys[c->count] = node->pairs[i].key->text;
			if (yaml_is_absent(node->pairs[i].value)) {
				continue;
			}
			c->items[c->count++] = config_from_yaml(r, node->pairs[i].value);
		} else {
			c->items[c->count++] = config_from_yaml(r, node->items[i]);
		}
	}
	return c;
}

/* Whether a normal path has a `..` at its begin, or anywhere. */
static bool leaves(struct strview path)
{
	int depth = 0;
	for (size_t i = 0; i < path.n;) {
		const char *slash = memchr(path.p + i, '/', path.n - i);
		size_t end = slash ? (size_t)(slash - path.p) : path.n;
		if (end - i == 2 && memcmp(path.p + i, "..", 2) == 0) {
			if (--depth < 0) {
				return true;
			}
		} else if (end > i && !(end - i == 1 && path.p[i] == '.')) {
			depth++;
		}
		i = end + 1;
	}
	return false;
}

/* Whether `path`, beside the unit, is something that a link of the clone leads out to. */
static bool links_out(const struct file_unit *u, struct strview path)
{
	char real[PATH_MAX], clone[PATH_MAX];
	struct strbuf sb = STRBUF_INIT;
	strbuf_addsv(&sb, u->module->clone);
	bool known = realpath(sb.buf, clone);
	strbuf_reset(&sb);
	path_join(&sb, u->dir, path);
	/* what is not there yet: by the folder that is */
	while (known && !realpath(sb.buf, real)) {
		struct strview dir = path_dir(strbuf_sv(&sb));
		known = errno == ENOENT && dir.n > 1 && dir.n < sb.len;
		strbuf_setlen(&sb, known ? dir.n : sb.len);
	}
	strbuf_release(&sb);
	struct strview rest = sv_from(real);
	if (!known || sv_eq_str(rest, clone)) {
		return false;
	}
	return !sv_starts(rest, sv_from(clone)) || rest.p[strlen(clone)] != '/';
}

/* The unit's place within its clone, and the path from there, must stay inside. */
static int check_clone(struct reader *r, struct strview path, struct span where)
{
	const struct file_unit *u = r->unit;
	struct strview clone = u->module->clone;
	if (!clone.n) {
		return 0;
	}
	struct strbuf whole = STRBUF_INIT;
	strbuf_addsv(
		&whole, sv_starts(u->dir, clone) ? sv_skip(u->dir, clone.n) : SV(""));
	strbuf_addch(&whole, '/');
	strbuf_addsv(&whole, path);
	bool out = (path.n && path.p[0] == '/') || leaves(strbuf_sv(&whole));
	strbuf_release(&whole);
	if (out) {
		return diag_error(r->sink, "CW-E037", where,
			"a path of a git module must stay inside the module");
	}
	return links_out(u, path)
		       ? diag_error(r->sink, "CW-E037", where,
				 "a link of the git module leads out of it here")
		       : 0;
}

const char *path_beside(struct reader *r, struct strview path, struct span where)
{
	struct strbuf sb = STRBUF_INIT;
	if (check_clone(r, path, where) != 0) {
		return NULL;
	}
	path_join(&sb, r->unit->dir, path);
	const char *copy = arena_memdup0(r->arena, sb.buf, sb.len);
	strbuf_release(&sb);
	return copy;
}

int read_yaml_file(struct reader *r, const char *path, struct span where,
	struct yaml_tree_node **ret_root)
{
	struct strbuf text = STRBUF_INIT;
	if (fs_read_file(path, TEXT_MOST, &text) != 0) {
		int err = errno;
		strbuf_release(&text);
		return diag_error(r->sink, "CW-E300", where, "cannot read \"%s\": %s",
			path, strerror(err));
	}
	uint32_t source = source_take(r->sink->sources, path, strbuf_sv(&text));
	strbuf_release(&text);
	*ret_root = NULL;
	int rc = yaml_parse(r->sink, r->arena, source, ret_root);
	if (rc != 0 && *ret_root) {
		r->failed = true; /* doubled keys, and what else is wrong too */
		rc = 0;
	}
	return rc;
}

static int merge_node(struct reader *r, const struct yaml_tree_node *node,
	const char *what, const struct config **config)
{
	if (want_mapping(r, node, what) != 0) {
		return -1;
	}
	*config = config_merge(r->arena, *config, config_from_yaml(r, node));
	return 0;
}

static int merge_file(struct reader *r, const char *path, struct span where,
	const struct config **config)
{
	struct yaml_tree_node *root;
	if (!path || read_yaml_file(r, path, where, &root) != 0) {
		return -1;
	}
	return root ? merge_node(r, root, "a configuration file", config) : 0;
}

/* Whether no part of "a.b.c" is empty. */
static bool is_dotted(struct strview key)
{
	bool empty = true;
	for (size_t i = 0; i < key.n; i++) {
		if (key.p[i] == '.' && empty) {
			return false;
		}
		empty = key.p[i] == '.';
	}
	return !empty;
}

/* One "a.b=VALUE" of the command line. */
static int merge_setting(
	struct reader *r, const char *setting, const struct config **config)
{
	const char *eq = strchr(setting, '=');
	uint32_t source = source_add(r->sink->sources, "--config", sv_from(setting));
	struct span whole = {source, 0, (uint32_t)strlen(setting)};
	if (!eq || eq == setting ||
		!is_dotted((struct strview){setting, (size_t)(eq - setting)})) {
		return diag_error(r->sink, "CW-E030", whole,
			"--config takes KEY=VALUE, this is \"%s\"", setting);
	}
	struct yaml_tree_node *root = NULL;
	uint32_t value_source = source_add(r->sink->sources, "--config", sv_from(eq + 1));
	if (yaml_parse(r->sink, r->arena, value_source, &root) != 0) {
		return -1;
	}
	struct span span = {
		source, (uint32_t)(eq + 1 - setting), (uint32_t)strlen(eq + 1)};
	const struct config *value =
		root ? config_from_yaml(r, root) : config_text(r->arena, SV(""), span);
	struct strview path = {setting, (size_t)(eq - setting)};
	*config = config_merge(r->arena, *config, config_at_path(r->arena, path, value));
	return 0;
}

int config_of_file(struct reader *r, const struct config *low, const struct config **ret)
{
	const struct yaml_tree_node *config = get(r->unit->root, "config");
	struct node_list files;
	int rc = 0;
	*ret = low;
	if (config) {
		rc |= merge_node(r, config, "config", ret);
	}
	list_of(get(r->unit->root, "configfile"), &files);
	for (uint32_t i = 0; i < files.n; i++) {
		if (want_scalar(r, files.v[i], "configfile") != 0) {
			rc = -1;
			continue;
		}
		struct span where = files.v[i]->span;
		rc |= merge_file(r, path_beside(r, files.v[i]->text, where), where, ret);
	}
	return rc;
}

int config_of_command_line(
	struct reader *r, const struct config *low, const struct config **ret)
{
	const struct parse_options *o = r->options;
	int rc = 0;
	*ret = low;
	for (uint32_t i = 0; i < o->configfile_count; i++) {
		rc |= merge_file(r, o->configfiles[i], (struct span){0}, ret);
	}
	for (uint32_t i = 0; i < o->config_count; i++) {
		rc |= merge_setting(r, o->config[i], ret);
	}
	return rc;
}
