/* Modules that lie in git repositories. Private to the room. */
#ifndef CW_PARSER_GIT_INCLUDE_H
#define CW_PARSER_GIT_INCLUDE_H

#include "parser/reader.h"

/* Makes the module of `node` (git, ref, path) be there: its clone and origin in *m, the
 * path of its Workflowfile in *ret_file. 0, or -1 with errors. */
int git_include(struct reader *r, const struct yaml_tree_node *node, struct module *m,
	const char **ret_file);

#endif
