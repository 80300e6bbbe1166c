/* The lineage of a file, from the records alone: jobs, from the file back to the sources. */
#ifndef CW_VIEW_LINEAGE_H
#define CW_VIEW_LINEAGE_H

#include "base/hashmap.h"
#include "base/vec.h"
#include "view/view_records.h"

struct lineage {
	struct state *s;
	const struct intern *paths;     /* by the caller's numbers */
	VEC(uint32_t) jobs;             /* record ids; consumers before what they used */
	VEC(struct seen_input) sources; /* files no recorded job made, as first seen */
	struct hashmap known_jobs, known_sources;
};

/* Follows back from the file. */
void lineage_follow(struct lineage *l, uint32_t file);
void lineage_release(struct lineage *l);

/* The job that made a file, or STATE_NONE. */
uint32_t lineage_maker(const struct lineage *l, uint32_t file);

struct strview lineage_path(const struct lineage *l, uint32_t file);

#endif
