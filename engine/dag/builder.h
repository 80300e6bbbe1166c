/* The build of a graph: what its steps share. Private to the room. */
#ifndef CW_DAG_BUILDER_H
#define CW_DAG_BUILDER_H

#include "dag/inputs.h"
#include "dag/rule_index.h"

/* During the build producer[f] is DAG_NONE, a job, or CAND_LIST | number of a node in
 * `lists`: the candidates, the jobs that could make the file. */
#define CAND_LIST UINT32_C(0x80000000)

struct cand_node {
	uint32_t job, next; /* next: node number, or DAG_NONE */
};

/* A file in a folder that a rule makes. */
struct inside {
	uint32_t file, folder;
	uint32_t next; /* in the same folder, or DAG_NONE */
};

struct builder {
	struct dag *d;
	struct diag_sink *sink;
	const struct dag_options *options;
	struct rule_index *index;
	struct input_reader reader;
	struct strbuf scratch, normal;
	VEC(struct cand_node) lists;
	VEC(uint32_t) late;          /* needed files behind the cursor */
	VEC(uint32_t) product_files; /* of the job in the making */
	VEC(uint32_t) unapplied; /* needed files that a rule fits and does not apply to */
	VEC(struct inside) inside;   /* files in folders that rules make */
	struct hashmap folder_of;    /* such a file -> the folder */
	struct hashmap first_inside; /* folder -> number in `inside` */
	struct candidate *found;
	uint32_t cursor;
	bool ambiguous; /* some file has several candidates */
	bool dropped;   /* some needed file could not be made by any of its candidates */
	bool missing_source;
	struct hashmap waited; /* files that inputs wait for */
	bool over_limit;
	bool has_folders; /* some output is a directory */
	bool optional;    /* some input may be left out */
	/* the fixed point */
	uint32_t *dep_start; /* file -> jobs that need it, CSR */
	uint32_t *deps;
	uint32_t *pending; /* job -> inputs not yet made */
	uint8_t *fired;    /* job -> all its inputs can be made */
	uint32_t fired_count;
};

/* --- cand_list.c: candidates of a file --- */

/* Walks: for (it = cand_first(b, f); it.job != DAG_NONE; it = cand_next(b, it)). */
struct cand_iter {
	uint32_t job, next;
};
struct cand_iter cand_first(const struct builder *b, uint32_t file);
struct cand_iter cand_next(const struct builder *b, struct cand_iter it);
void cand_add(struct builder *b, uint32_t file, uint32_t job);

/* --- dag_grow.c: parts of a graph --- */

/* Whether the graph that this part is for has the file, as a source or made by one of its
 * jobs: then nothing looks for a maker. */
bool take_from_base(struct builder *b, uint32_t file);

/* --- batch.c --- */

/* Whether a part of the rule's inputs is left out; leaves that part of those in the reader
 * out. */
bool is_batch_rule(const struct builder *b, const struct rule *rule);
void batch_cut(struct builder *b);

/* --- explore.c: targets and all that could make what they need --- */
int explore(struct builder *b);

/* --- inside.c: files in folders that rules make --- */
void inside_add(struct builder *b, uint32_t file, uint32_t folder);
/* The folder, or DAG_NONE. */
uint32_t inside_folder(const struct builder *b, uint32_t file);
/* Files get the maker of their folder, once it is chosen. */
void inside_settle(struct builder *b);

/* --- fixpoint.c: what can be made --- */
void fixpoint(struct builder *b);
/* Takes existing files that no rule can make as sources, with warnings. */
void fixpoint_adopt_sources(struct builder *b);

/* --- choose.c: one producer a file --- */
int choose_producers(struct builder *b);
/* No output of a job may lie in a folder that another job makes. */
int check_folders(struct builder *b);

/* --- file_parents.c --- */
/* Products that would lie below a file which another job makes: an error for each. */
int check_file_parents(struct builder *b);

/* --- param_sets.c: 0, or -1 where a set that params need cannot be read --- */
int check_param_sets(struct dag *d);

/* --- dag_errors.c: why the targets cannot be made --- */
int report_unmakeable(struct builder *b);
/* Warns of existing files that rules would make, did they apply. */
void warn_unapplied(struct builder *b);

/* --- dag_stat.c --- */
enum stat_what {
	STAT_SOURCES, /* needed files without a candidate that are not known to be there */
	STAT_MADE,    /* needed files that jobs make */
	STAT_ASKED,   /* needed files that are FILE_ASKED */
	STAT_ALL,
};
void stat_files(struct dag *d, enum stat_what what);

/* --- dag_globs.c --- */
/* Needed files that a glob of this build found are there: no need to ask again. */
void adopt_globs(struct dag *d);

#endif
