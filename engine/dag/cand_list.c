#include "dag/builder.h"

struct cand_iter cand_first(const struct builder *b, uint32_t file)
{
	uint32_t c = b->d->producer[file];
	if (c == DAG_NONE || !(c & CAND_LIST)) {
		return (struct cand_iter){c, DAG_NONE};
	}
	const struct cand_node *node = &b->lists.v[c & ~CAND_LIST];
	return (struct cand_iter){node->job, node->next};
}

struct cand_iter cand_next(const struct builder *b, struct cand_iter it)
{
	if (it.next == DAG_NONE) {
		return (struct cand_iter){DAG_NONE, DAG_NONE};
	}
	const struct cand_node *node = &b->lists.v[it.next];
	return (struct cand_iter){node->job, node->next};
}

static uint32_t add_node(struct builder *b, uint32_t job, uint32_t next)
{
	vec_push(&b->lists, (struct cand_node){job, next});
	return (uint32_t)b->lists.n - 1;
}

/* In front: the order of candidates plays no part in any decision. */
void cand_add(struct builder *b, uint32_t file, uint32_t job)
{
	uint32_t c = b->d->producer[file];
	if (c == DAG_NONE) {
		b->d->producer[file] = job;
		return;
	}
	b->ambiguous = true;
	uint32_t rest = c & CAND_LIST ? c & ~CAND_LIST : add_node(b, c, DAG_NONE);
	b->d->producer[file] = add_node(b, job, rest) | CAND_LIST;
}
