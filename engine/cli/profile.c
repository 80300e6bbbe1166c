#include "cli/profile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "base/edit_distance.h"
#include "base/number.h"
#include "cli/flow_text.h"
#include "cli/session.h"
#include "sys/fs.h"
#include "sys/path.h"
#include "yaml/yaml_tree.h"

enum { FILE_MOST = 1 << 20, LAYERS_MOST = 8 };

/* Reading one file. */
struct reading {
	struct session *s;
	const char *next;    /* the profile it builds on, or NULL */
	size_t config_count; /* values of the configuration from this file */
};

static int bad(struct reading *r, const struct yaml_tree_node *node, const char *key,
	const char *what)
{
	return diag_error(
		&r->s->sink, "CW-E521", node->span, "`%s` must be %s", key, what);
}

static int read_switch(
	struct reading *r, const struct yaml_tree_node *node, const char *key, bool *ret)
{
	bool on = node->kind == YAML_SCALAR && sv_eq_str(node->text, "true");
	if (!on && !(node->kind == YAML_SCALAR && sv_eq_str(node->text, "false"))) {
		return bad(r, node, key, "true or false");
	}
	*ret = on;
	return 0;
}

/* --- long options ------------------------------------------------------------------ */

static int set_scalar(struct reading *r, const struct option *opt,
	const struct yaml_tree_node *node, bool was_set)
{
	bool on;
	if (opt->kind == OPT_FLAG) {
		if (read_switch(r, node, opt->name, &on) != 0) {
			return -1;
		}
		if (on && !was_set) {
			option_set(&r->s->o, opt, NULL);
		}
		return 0;
	}
	if (node->kind != YAML_SCALAR) {
		return bad(r, node, opt->name, "one value");
	}
	if (!was_set) {
		option_set(&r->s->o, opt, node->text.p);
	}
	return 0;
}

/* Whether a list of "K=V" has the key of `pair` already. */
static bool has_key(const word_list *list, size_t from, const char *pair)
{
	size_t n = strcspn(pair, "=");
	for (size_t i = from; i < list->n; i++) {
		if (strncmp(list->v[i], pair, n) == 0 && list->v[i][n] == '=') {
			return true;
		}
	}
	return false;
}

static void add_pair(struct reading *r, const struct option *opt, const char *pair)
{
	word_list *list = option_list(&r->s->o, opt);
	if (!has_key(list, 0, pair)) {
		option_set(&r->s->o, opt, pair);
	}
}

/* Values of the configuration: the later ones win, so this file goes before what is nearer. */
static void add_config(struct reading *r, const char *pair)
{
	word_list *list = &r->s->o.config;
	vec_push(list, pair);
	memmove(list->v + r->config_count + 1, list->v + r->config_count,
		(list->n - 1 - r->config_count) * sizeof(*list->v));
	list->v[r->config_count++] = pair;
}

/* config: a mapping of any values, or a list of K=V. */
static int set_config(struct reading *r, const struct yaml_tree_node *node)
{
	struct strbuf text = STRBUF_INIT;
	for (uint32_t i = 0; i < node->count && node->kind == YAML_MAPPING; i++) {
		strbuf_reset(&text);
		strbuf_addf(&text, SV_FMT "=", SV_ARG(node->pairs[i].key->text));
		flow_text_add(&text, node->pairs[i].value);
		add_config(r, arena_sv(&r->s->wf.arena, strbuf_sv(&text)).p);
	}
	strbuf_release(&text);
	for (uint32_t i = 0; i < node->count && node->kind == YAML_SEQUENCE; i++) {
		if (node->items[i]->kind != YAML_SCALAR) {
			return bad(r, node->items[i], "config",
				"a mapping of values, or a list of K=V");
		}
		add_config(r, node->items[i]->text.p);
	}
	if (node->kind == YAML_SCALAR) {
		add_config(r, node->text.p);
	}
	return 0;
}

/* A list of words, or for pairs a mapping too. */
static int set_words(struct reading *r, const struct option *opt,
	const struct yaml_tree_node *node, bool was_set)
{
	struct arena *arena = &r->s->wf.arena;
	if (node->kind == YAML_SCALAR) {
		if (opt->kind == OPT_PAIRS) {
			add_pair(r, opt, node->text.p);
		} else if (!was_set) {
			option_set(&r->s->o, opt, node->text.p);
		}
		return 0;
	}
	for (uint32_t i = 0; i < node->count; i++) {
		bool is_map = node->kind == YAML_MAPPING;
		const struct yaml_tree_node *item =
			is_map ? node->pairs[i].value : node->items[i];
		if (item->kind != YAML_SCALAR || (is_map && opt->kind != OPT_PAIRS)) {
			return bad(r, item, opt->name,
				opt->kind == OPT_PAIRS ? "a mapping of values, or a list "
							 "of K=V"
						       : "a value or a list of them");
		}
		if (is_map) {
			add_pair(r, opt,
				arena_printf(arena, SV_FMT "=" SV_FMT,
					SV_ARG(node->pairs[i].key->text),
					SV_ARG(item->text)));
		} else if (opt->kind == OPT_PAIRS) {
			add_pair(r, opt, item->text.p);
		} else if (!was_set) {
			option_set(&r->s->o, opt, item->text.p);
		}
	}
	return 0;
}

static int set_option(
	struct reading *r, const struct option *opt, const struct yaml_tree_node *node)
{
	bool was_set = option_is_set(&r->s->o, opt);
	if (!was_set && opt->name && strcmp(opt->name, "jobs") == 0) {
		r->s->profile_jobs = true;
	} else if (!was_set && opt->name && strcmp(opt->name, "cores") == 0) {
		r->s->profile_cores = true;
	}
	if (opt->name && strcmp(opt->name, "config") == 0) {
		return set_config(r, node);
	}
	if (opt->kind == OPT_REPEATED || opt->kind == OPT_PAIRS) {
		return set_words(r, opt, node, was_set);
	}
	return set_scalar(r, opt, node, was_set);
}

/* --- the cluster ------------------------------------------------------------------- */

static void set_text(struct cluster_text *t, const struct yaml_tree_node *node)
{
	if (!t->text.p) {
		*t = (struct cluster_text){.text = node->text, .span = node->span};
	}
}

static int read_cluster(struct reading *r, const struct yaml_tree_node *node)
{
	struct cluster_settings *c = &r->s->cluster;
	if (node->kind == YAML_SCALAR) {
		set_text(&c->submit, node);
		return 0;
	}
	if (node->kind != YAML_MAPPING) {
		return bad(r, node, "cluster", "a submit command, or a mapping of words");
	}
	for (uint32_t i = 0; i < node->count; i++) {
		const struct yaml_tree_node *key = node->pairs[i].key,
					    *value = node->pairs[i].value;
		if (value->kind != YAML_SCALAR) {
			return bad(r, value, key->text.p, "a text");
		}
		if (sv_eq_str(key->text, "submit")) {
			set_text(&c->submit, value);
		} else if (!cluster_word_find(c, key->text)) {
			vec_push(&c->words, (struct cluster_word){.name = key->text,
						    .value = {.text = value->text,
							    .span = value->span,
							    .node = value}});
		}
	}
	return 0;
}

/* states: {running: [R, S], failed: F}: the first mention of a word counts. */
static int read_states(struct reading *r, const struct yaml_tree_node *node)
{
	if (node->kind != YAML_MAPPING) {
		return bad(r, node, "states",
			"a mapping of states to the scheduler's words");
	}
	for (uint32_t i = 0; i < node->count; i++) {
		const struct yaml_tree_node *key = node->pairs[i].key,
					    *value = node->pairs[i].value;
		enum cluster_state state = cluster_state_by_name(key->text);
		if (state == CLUSTER_UNKNOWN) {
			return diag_error(&r->s->sink, "CW-E521", key->span,
				"there is no state \"" SV_FMT
				"\": waiting, held, running, success, failed, lost, stuck",
				SV_ARG(key->text));
		}
		uint32_t n = value->kind == YAML_SCALAR ? 1 : value->count;
		for (uint32_t k = 0; k < n; k++) {
			const struct yaml_tree_node *word =
				value->kind == YAML_SCALAR ? value : value->items[k];
			if (value->kind == YAML_MAPPING || word->kind != YAML_SCALAR) {
				return bad(r, value, key->text.p,
					"a word or a list of words");
			}
			vec_push(&r->s->cluster.states.words,
				(struct state_word){word->text.p, state});
		}
	}
	return 0;
}

static int read_seconds(struct reading *r, const struct yaml_tree_node *node,
	const char *key, int64_t *ret)
{
	if (node->kind != YAML_SCALAR || parse_seconds(node->text, ret) != 0) {
		return bad(r, node, key, "a time as 60s or 5m");
	}
	return 0;
}

static int set_array(
	struct reading *r, const struct yaml_tree_node *node, const char *key)
{
	struct cluster_settings *c = &r->s->cluster;
	bool said = c->array_said;
	c->array_said = true;
	return said ? 0 : read_switch(r, node, key, &c->array);
}

static int set_array_size(
	struct reading *r, const struct yaml_tree_node *node, const char *key)
{
	int64_t n;
	if (node->kind != YAML_SCALAR || parse_i64(node->text, &n) != 0 || n < 1 ||
		n > 100000) {
		return bad(r, node, key, "a number from 1 to 100000");
	}
	r->s->cluster.array_most = n;
	return 0;
}

/* Keys of profiles that are no options. False: this is none of them. */
static bool read_own_key(struct reading *r, const struct yaml_pair *pair, int *ret)
{
	struct cluster_settings *c = &r->s->cluster;
	const struct yaml_tree_node *value = pair->value;
	const char *key = pair->key->text.p;
	bool scalar = value->kind == YAML_SCALAR;
	if (strcmp(key, "cluster") == 0) {
		*ret = read_cluster(r, value);
	} else if (strcmp(key, "states") == 0) {
		*ret = read_states(r, value);
	} else if (strcmp(key, "cluster-status") == 0 && scalar) {
		set_text(&c->status, value);
	} else if (strcmp(key, "cluster-cancel") == 0 && scalar) {
		set_text(&c->cancel, value);
	} else if (strcmp(key, "profile") == 0 && scalar) {
		r->next = value->text.p;
	} else if (strcmp(key, "id-pattern") == 0 && scalar) {
		c->id_pattern = c->id_pattern ? c->id_pattern : value->text.p;
	} else if (strcmp(key, "array") == 0) {
		*ret = set_array(r, value, key);
	} else if (strcmp(key, "array-id") == 0 && scalar) {
		c->array_id = c->array_id ? c->array_id : value->text.p;
	} else if (strcmp(key, "array-from-zero") == 0) {
		*ret = read_switch(r, value, key, &c->array_from_zero);
	} else if (strcmp(key, "array-size") == 0) {
		*ret = set_array_size(r, value, key);
	} else if (strcmp(key, "lost-after") == 0) {
		*ret = read_seconds(r, value, key, &c->lost_s);
	} else {
		return false;
	}
	return true;
}

static int unknown_key(struct reading *r, const struct yaml_tree_node *key)
{
	static const char *const own[] = {"states", "id-pattern", "array", "array-id",
		"array-size", "array-from-zero", "lost-after"};
	struct nearest near;
	nearest_init(&near, key->text);
	for (const struct option *opt = option_table; opt->name || opt->letter; opt++) {
		if (opt->name) {
			nearest_offer(&near, sv_from(opt->name));
		}
	}
	for (size_t i = 0; i < CW_ARRAY_LEN(own); i++) {
		nearest_offer(&near, sv_from(own[i]));
	}
	diag_error(&r->s->sink, "CW-E521", key->span,
		"a profile has no key \"" SV_FMT
		"\": it holds long options without their "
		"dashes",
		SV_ARG(key->text));
	nearest_note(&near, &r->s->sink);
	return -1;
}

static int read_root(struct reading *r, const struct yaml_tree_node *root)
{
	int rc = 0;
	if (root->kind != YAML_MAPPING) {
		return diag_error(&r->s->sink, "CW-E521", root->span,
			"a profile is a mapping of long options to values");
	}
	for (uint32_t i = 0; i < root->count; i++) {
		const struct yaml_pair *pair = &root->pairs[i];
		int one = 0;
		if (yaml_is_absent(pair->value) || read_own_key(r, pair, &one)) {
			rc |= one;
			continue;
		}
		const struct option *opt = option_find(pair->key->text);
		rc |= opt ? set_option(r, opt, pair->value) : unknown_key(r, pair->key);
	}
	return rc;
}

/* Lays one file under what is there; *ret_next is the profile it builds on. */
static int read_file(struct session *s, const char *path, const char **ret_next)
{
	struct strbuf text = STRBUF_INIT;
	struct reading r = {.s = s};
	struct yaml_tree_node *root = NULL;
	int rc;
	if (fs_read_file(path, FILE_MOST, &text) != 0) {
		rc = diag_system(&s->sink, "CW-E520", errno, path, "read");
	} else {
		uint32_t source = source_add(&s->sources, path, strbuf_sv(&text));
		rc = yaml_parse(&s->sink, &s->wf.arena, source, &root);
		rc = rc == 0 && root ? read_root(&r, root) : rc;
	}
	strbuf_release(&text);
	*ret_next = r.next;
	return rc;
}

/* --- finding them ------------------------------------------------------------------ */

static void user_dir(struct strbuf *out)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	if (config && *config) {
		strbuf_addf(out, "%s/cwflow", config);
	} else if (home && *home) {
		strbuf_addf(out, "%s/.config/cwflow", home);
	}
}

/* The folder of the shipped ones: beside the program's, in a build tree too. */
static void shipped_dir(const struct session *s, struct strbuf *out)
{
	struct strview libexec = path_dir(strbuf_sv(&s->tools_dir));
	struct strview prefix = path_dir(libexec);
	strbuf_addf(out, SV_FMT "/share/cwflow", SV_ARG(prefix));
}

static bool try_path(
	struct strbuf *out, const char *fmt, const char *dir, const char *name)
{
	struct fs_stat st;
	strbuf_reset(out);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	strbuf_addf(out, fmt, dir, name);
#pragma GCC diagnostic pop
	return fs_stat(AT_FDCWD, out->buf, &st) == 0 && st.kind == FS_FILE;
}

/* The names of the profiles in one folder. False: enough. */
static bool each_in(
	const char *dir, bool (*name)(void *ctx, struct strview name), void *ctx)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	bool more = true;
	while (d && more && (e = readdir(d))) {
		struct strview file = sv_from(e->d_name), end = SV(".yaml");
		if (file.n > end.n && sv_ends(file, end) && file.p[0] != '.' &&
			!sv_eq_str(file, "config.yaml")) {
			more = name(ctx, sv_sub(file, 0, file.n - end.n));
		}
	}
	if (d) {
		closedir(d);
	}
	return more;
}

void profiles_each(
	const struct session *s, bool (*name)(void *ctx, struct strview name), void *ctx)
{
	struct strbuf user = STRBUF_INIT, shipped = STRBUF_INIT, dir = STRBUF_INIT;
	user_dir(&user);
	shipped_dir(s, &shipped);
	const char *dirs[] = {user.buf, "/etc/cwflow", shipped.buf};
	bool more = true;
	for (size_t i = 0; i < CW_ARRAY_LEN(dirs) && more; i++) {
		strbuf_reset(&dir);
		strbuf_addf(&dir, "%s/profiles", dirs[i]);
		more = !*dirs[i] ||
		       (each_in(dir.buf, name, ctx) && each_in(dirs[i], name, ctx));
	}
	strbuf_release(&user);
	strbuf_release(&shipped);
	strbuf_release(&dir);
}

/* For profiles_each: names go when their folder is closed, so a near one is kept. */
struct near_profile {
	struct nearest near;
	struct strbuf name;
};

static bool offer_profile(void *ctx, struct strview name)
{
	struct near_profile *n = ctx;
	unsigned distance = n->near.distance;
	nearest_offer(&n->near, name);
	if (n->near.distance < distance) {
		strbuf_reset(&n->name);
		strbuf_addsv(&n->name, name);
		n->near.best = strbuf_sv(&n->name);
	}
	return true;
}

static bool is_path(const char *name)
{
	return strchr(name, '/') || sv_ends(sv_from(name), SV(".yaml")) ||
	       sv_ends(sv_from(name), SV(".yml"));
}

static void no_profile(struct session *s, const char *name)
{
	struct strbuf user = STRBUF_INIT, shipped = STRBUF_INIT;
	struct near_profile near = {.name = STRBUF_INIT};
	diag_error(&s->sink, "CW-E520", (struct span){0}, "there is no profile \"%s\"",
		name);
	if (is_path(name)) {
		diag_note(&s->sink, (struct span){0},
			"a name with a / or with .yaml behind it is a path: of a file, or of "
			"a folder with a config.yaml");
		return;
	}
	user_dir(&user);
	shipped_dir(s, &shipped);
	diag_note(&s->sink, (struct span){0},
		"looked for %s.yaml in %s/profiles, /etc/cwflow/profiles and %s/profiles",
		name, user.len ? user.buf : "~/.config/cwflow", shipped.buf);
	nearest_init(&near.near, sv_from(name));
	profiles_each(s, offer_profile, &near);
	if (fs_exists(name)) {
		diag_note(&s->sink, (struct span){0},
			"the one that is here is named with a /: ./%s", name);
	} else {
		nearest_note(&near.near, &s->sink);
	}
	strbuf_release(&user);
	strbuf_release(&shipped);
	strbuf_release(&near.name);
}

/* The file of a profile called `name`; false where there is none. */
static bool find_profile(struct session *s, const char *name, struct strbuf *out)
{
	struct strbuf user = STRBUF_INIT, shipped = STRBUF_INIT;
	user_dir(&user);
	shipped_dir(s, &shipped);
	const char *dirs[] = {user.buf, "/etc/cwflow", shipped.buf};
	bool found = false;
	if (is_path(name)) {
		found = try_path(out, "%s%s", "", name) ||
			try_path(out, "%s/%s", name, "config.yaml");
	}
	for (size_t i = 0; i < CW_ARRAY_LEN(dirs) && !found && !is_path(name); i++) {
		found = *dirs[i] &&
			(try_path(out, "%s/profiles/%s.yaml", dirs[i], name) ||
				try_path(out, "%s/%s.yaml", dirs[i], name));
	}
	if (!found) {
		no_profile(s, name);
	}
	strbuf_release(&user);
	strbuf_release(&shipped);
	return found;
}

/* A profile and those it builds on. */
static int read_chain(struct session *s, const char *name)
{
	struct strbuf path = STRBUF_INIT;
	int rc = 0;
	for (int layer = 0; name && *name && rc == 0; layer++) {
		if (layer == LAYERS_MOST) {
			rc = diag_error(&s->sink, "CW-E521", (struct span){0},
				"profiles build on each other without end: \"%s\"", name);
		} else if (!find_profile(s, name, &path)) {
			rc = -1;
		} else {
			rc = read_file(s, path.buf, &name);
		}
	}
	strbuf_release(&path);
	return rc;
}

int profiles_read(struct session *s)
{
	struct strbuf user = STRBUF_INIT;
	const char *name = s->o.profile ? s->o.profile : getenv("CWFLOW_PROFILE");
	bool chosen = name != NULL;
	int rc = chosen ? read_chain(s, name) : 0;
	user_dir(&user);
	const char *dirs[] = {user.buf, "/etc/cwflow"};
	for (size_t i = 0; i < CW_ARRAY_LEN(dirs) && rc == 0; i++) {
		struct strbuf path = STRBUF_INIT;
		const char *next = NULL;
		if (*dirs[i] && try_path(&path, "%s/%s", dirs[i], "config.yaml")) {
			rc = read_file(s, path.buf, &next);
		}
		if (rc == 0 && next && !chosen) {
			chosen = true;
			rc = read_chain(s, next);
		}
		strbuf_release(&path);
	}
	strbuf_release(&user);
	return rc;
}
