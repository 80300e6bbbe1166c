#include "parser/git_include.h"

int git_include(struct reader *r, const struct yaml_tree_node *node, struct module *m,
	const char **ret_file)
{
	(void)m;
	(void)ret_file;
	return diag_error(r->sink, "CW-E016", get(node, "git")->span,
		"\"git\" is a name that is taken, but not there yet: modules in git "
		"repositories");
}
