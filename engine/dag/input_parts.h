/* The parts of the reader of inputs; for this room alone. */
#ifndef CW_DAG_INPUT_PARTS_H
#define CW_DAG_INPUT_PARTS_H

#include "dag/inputs.h"

/* Renders `t` into in->path; values[i] for slot i. */
enum inputs_outcome input_render(
	struct input_reader *in, const struct text *t, const struct strview *values);

/* Takes in->path as one more input of `entry`; `once`: not twice in one expansion. */
enum inputs_outcome input_take(
	struct input_reader *in, uint32_t entry, unsigned flags, bool once);

/*
 * Takes `count` names that stand one behind the other in in->path, of lengths names[i].n
 * (their pointers are set here), as inputs of `entry`. False, with some taken, where one
 * of them is not in normal form or cannot be a path.
 */
bool input_take_many(
	struct input_reader *in, uint32_t entry, struct strview *names, size_t count);

/* All paths of an expansion; values[i] for the rule's wildcard i. */
enum inputs_outcome expansion_read(struct input_reader *in, const struct expand *e,
	uint32_t entry, unsigned flags, const struct strview *values);

#endif
