/* Values of the configuration that a reference names by way of another reference:
 * {config.samples[wildcards.sample]}. */
#ifndef CW_WORKFLOW_CONFIG_REF_H
#define CW_WORKFLOW_CONFIG_REF_H

#include "pattern/template.h"
#include "workflow/config.h"

/*
 * Goes down from what the parser has bound. Inner references are resolved by `r`. 0 and
 * the value in *ret, or -1 with err: no such key (RENDER_NOT_APPLY), a mapping.
 */
int config_ref_value(const struct ref *ref, const struct renderer *r, struct value *ret,
	struct render_error *err);

#endif
