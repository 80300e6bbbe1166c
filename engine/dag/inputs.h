/* The input files of one job: the rule's items with the wildcard values put in. */
#ifndef CW_DAG_INPUTS_H
#define CW_DAG_INPUTS_H

#include "base/hashmap.h"
#include "dag/dag.h"

struct input_file {
	uint32_t file;  /* INPUT_ANCIENT, INPUT_OPTIONAL may be set */
	uint32_t entry; /* number of the rule's input entry it comes from */
};

enum inputs_outcome {
	INPUTS_OK,
	INPUTS_NOT_APPLY, /* the rule does not apply for these values: `why` says it */
	INPUTS_FAILED,    /* an error is in the sink */
};

/* A job that has to be done before an input can be read. */
struct input_wait {
	const struct rule *rule;
	struct strview *values; /* of its wildcards; in the reader's arena */
	bool done;
};

struct input_reader {
	struct dag *d;
	struct diag_sink *sink;
	struct arena arena; /* scratch, popped by whoever calls, after each job */
	struct strbuf path, normal;
	/* files of the present expansion, where doubles can occur: those that had no
	 * number before are known by it */
	struct hashmap seen;
	uint32_t first_new;
	const char *why; /* INPUTS_NOT_APPLY; in `arena`, until the next call */
	VEC(struct input_file) files;
	VEC(struct input_wait) waits; /* of the present job */
	/* instead of files: the texts of one item, for params (see inputs_texts) */
	bool as_texts;
	VEC(struct strview) texts;
	const struct renderer *outer; /* references other than wildcards */
	const struct rule *rule;      /* whose item is read */
};

void input_reader_init(struct input_reader *in, struct dag *d, struct diag_sink *sink);
void input_reader_release(struct input_reader *in);

/* Fills in->files for `rule` with values[i] for its wildcard i, and in->waits; paths are
 * interned in the graph. Cost: the sum of their lengths. */
enum inputs_outcome inputs_read(
	struct input_reader *in, const struct rule *rule, const struct strview *values);

/* The texts that a source gives where no files are meant: in->texts, in in->arena.
 * `outer` resolves references that are no wildcards. */
enum inputs_outcome inputs_texts(struct input_reader *in, const struct rule *rule,
	const struct item *item, const struct strview *values,
	const struct renderer *outer);

/* The number of a path of the user in the graph's table, normalised; new if need be. */
uint32_t dag_intern_path(struct dag *d, struct strview path, struct strbuf *scratch);

/* Makes the row of a file whose name has just got the number `id`. */
void dag_add_file(struct dag *d, uint32_t id);

#endif
