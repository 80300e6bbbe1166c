/* A value of a YAML file written again in one line, for options that read YAML. */
#ifndef CW_CLI_FLOW_TEXT_H
#define CW_CLI_FLOW_TEXT_H

#include "base/strbuf.h"

struct yaml_tree_node;

/* Appends what parses as the same node: scalars quoted where they were or where it is needed,
 * collections as {...} and [...]. */
void flow_text_add(struct strbuf *out, const struct yaml_tree_node *node);

#endif
