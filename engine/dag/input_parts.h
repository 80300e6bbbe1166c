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
 * Takes up to INTERN_BATCH names as inputs of `entry`; `once` as above: without it no two
 * may be equal in this expansion. False, with none taken, where one of them is not in
 * normal form or cannot be a path.
 */
bool input_take_many(struct input_reader *in, uint32_t entry, unsigned flags,
	const struct strview *names, size_t count, bool once);

/* All paths of an expansion; values[i] for the rule's wildcard i. */
enum inputs_outcome expansion_read(struct input_reader *in, const struct expand *e,
	uint32_t entry, unsigned flags, const struct strview *values);

#endif
