#ifndef CW_PARSER_WHEN_H
#define CW_PARSER_WHEN_H

#include "parser/reader.h"

/* Whether the conditions of a mapping `when` (NULL: none) hold. 0, or -1 with errors. */
int when_holds(struct reader *r, const struct yaml_tree_node *when, bool *ret);

#endif
