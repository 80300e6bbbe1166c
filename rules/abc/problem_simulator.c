/* The `simulator` of a model. */
#include <errno.h>
#include <math.h>
#include <unistd.h>

#include "abc/problem_read.h"
#include "base/number.h"

static const char *const common_keys[] = {"timeout", "on_timeout", "files", NULL};

static bool is_common(struct strview key)
{
	for (size_t i = 0; common_keys[i]; i++) {
		if (sv_eq_str(key, common_keys[i])) {
			return true;
		}
	}
	return false;
}

/* Every other key is a constant of the simulator. */
static void read_constants(struct reader *r, const struct yaml_tree_node *node,
	const char *kind, struct simulator_spec *sim)
{
	struct sim_constant *c =
		ARENA_ARRAY(&r->p->arena, struct sim_constant, node->count + 1);

	sim->constant = c;
	for (uint32_t i = 0; i < node->count; i++) {
		const struct yaml_pair *pair = &node->pairs[i];

		if (sv_eq_str(pair->key->text, kind) || is_common(pair->key->text)) {
			continue;
		}
		c->name = read_name(r, pair->key, "a constant's name");
		c->text = c->name ? read_text(r, pair->value, c->name) : NULL;
		c->span = pair->key->span;
		c->value = (double)NAN;
		if (c->text) {
			parse_double(pair->value->text, &c->value);
			c++;
			sim->constants++;
		}
	}
}

/* A file that the simulator is, or needs: its path, where it can be used. The problem of a
 * finished run (`observed` of the reader) needs none of them any more. */
static const char *read_file_name(
	struct reader *r, const struct yaml_tree_node *node, const char *text, int mode)
{
	const char *path = text ? read_path_text(r, text) : NULL;

	if (path && !r->observed && access(path, mode)) {
		read_fault(r, node->span, "CW-A018", "cannot %s %s: %s",
			mode == X_OK ? "run" : "read", path, strerror(errno));
	}
	return path;
}

static void read_argv(
	struct reader *r, const struct yaml_tree_node *node, struct simulator_spec *sim)
{
	const char **argv;
	uint32_t n = node->count;

	if (node->kind != YAML_SEQUENCE || n == 0) {
		read_fault(r, node->span, "CW-A015",
			"command must be a list: the program and its arguments");
		return;
	}
	argv = ARENA_ARRAY(&r->p->arena, const char *, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		argv[i] = read_text(r, node->items[i], "a word of command");
	}
	if (argv[0] && strchr(argv[0], '/')) {
		read_file_name(r, node->items[0], argv[0], X_OK);
	}
	sim->argv = argv;
	sim->what = argv[0];
}

static void read_files(
	struct reader *r, const struct yaml_tree_node *node, struct simulator_spec *sim)
{
	bool list = node->kind == YAML_SEQUENCE;
	uint32_t n = list ? node->count : 1;
	const char **file = ARENA_ARRAY(&r->p->arena, const char *, n + 1);

	for (uint32_t i = 0; i < n; i++) {
		const struct yaml_tree_node *x = list ? node->items[i] : node;
		const char *s = read_file_name(r, x, read_text(r, x, "a file"), R_OK);
		if (s) {
			file[sim->files++] = s;
		}
	}
	sim->file = file;
}

static void read_limits(
	struct reader *r, const struct yaml_tree_node *node, struct simulator_spec *sim)
{
	static const char *const policies[] = {"retry", "reject", NULL};
	const struct yaml_tree_node *x = read_get(node, "timeout");
	int policy;

	if (x) {
		read_duration(r, x, "timeout", &sim->timeout);
		if (sim->kind == SIM_BUILTIN) {
			read_fault(r, x->span, "CW-A016",
				"built-in simulators have no time limit");
		}
	}
	x = read_get(node, "on_timeout");
	if (x) {
		policy = read_word(r, x, "on_timeout", policies);
		sim->on_timeout = policy == 1 ? TIMEOUT_REJECT : TIMEOUT_RETRY;
		if (!(sim->timeout > 0)) {
			read_fault(
				r, x->span, "CW-A016", "on_timeout needs a \"timeout\"");
		}
	}
	x = read_get(node, "files");
	if (x) {
		read_files(r, x, sim);
	}
}

void read_simulator(
	struct reader *r, const struct yaml_tree_node *node, struct simulator_spec *sim)
{
	static const char *const kinds[] = {
		"builtin", "command", "library", "oneshot", NULL};
	static const char *const command_keys[] = {
		"command", "timeout", "on_timeout", "files", NULL};
	static const char *const oneshot_keys[] = {
		"oneshot", "timeout", "on_timeout", "files", NULL};
	const struct yaml_tree_node *value = NULL;
	int kind = 0, found = 0;

	sim->span = node->span;
	for (int i = 0; kinds[i]; i++) {
		const struct yaml_tree_node *x = read_get(node, kinds[i]);
		if (x) {
			kind = i;
			value = x;
			found++;
		}
	}
	if (found != 1 || !value) {
		read_fault(r, node->span, "CW-A017",
			"a simulator is one of {builtin: NAME}, {command: [PROGRAM, ...]}, "
			"{library: FILE.so}, {oneshot: \"COMMAND LINE\"}");
		return;
	}
	sim->kind = (enum simulator_kind)kind;
	sim->span = value->span;
	switch (sim->kind) {
	case SIM_BUILTIN:
		sim->what = read_text(r, value, "builtin");
		read_constants(r, node, "builtin", sim);
		break;
	case SIM_COMMAND:
		read_argv(r, value, sim);
		read_keys(r, node, "a simulator by command", command_keys);
		break;
	case SIM_LIBRARY:
		sim->what = read_text(r, value, "library");
		sim->what = read_file_name(r, value, sim->what, R_OK);
		read_constants(r, node, "library", sim);
		break;
	case SIM_ONESHOT:
		sim->what = read_text(r, value, "oneshot");
		read_keys(r, node, "a oneshot simulator", oneshot_keys);
		break;
	}
	read_limits(r, node, sim);
}
