/* --batch: of the inputs of one rule only a part is looked for. */
#include "dag/builder.h"

bool is_batch_rule(const struct builder *b, const struct rule *rule)
{
	const struct dag_options *o = b->options;
	return o->batches > 1 && o->batch < o->batches &&
	       sv_eq(rule->name, o->batch_rule);
}

/* Bytewise, so that the parts are the same whatever order the inputs have. */
static int compare(const void *pa, const void *pb, void *ctx)
{
	const struct dag *d = ctx;
	const struct input_file *a = pa, *b = pb;
	struct strview x = dag_path(d, INPUT_FILE(a->file));
	struct strview y = dag_path(d, INPUT_FILE(b->file));
	int c = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);
	return c ? c : (x.n > y.n) - (x.n < y.n);
}

void batch_cut(struct builder *b)
{
	struct input_reader *in = &b->reader;
	const struct dag_options *o = b->options;
	size_t size = in->files.n / o->batches, from = size * (o->batch - 1);
	if (in->files.n) {
		qsort_r(in->files.v, in->files.n, sizeof(*in->files.v), compare, b->d);
		memmove(in->files.v, in->files.v + from, size * sizeof(*in->files.v));
	}
	in->files.n = size;
}
