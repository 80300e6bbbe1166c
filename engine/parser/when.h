#ifndef CW_PARSER_WHEN_H
#define CW_PARSER_WHEN_H

#include "parser/reader.h"

/* Whether the conditions of a rule's mapping hold. 0, or -1 with errors. */
int rule_exists(struct reader *r, const struct yaml_tree_node *rule, bool *ret);

#endif
