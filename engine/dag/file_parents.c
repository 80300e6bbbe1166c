/* Files of jobs that lie below a path which another job makes as a file. */
#include "base/hash.h"
#include "dag/builder.h"

/* The job of `d` that makes `path` as a file, or DAG_NONE; *ret_product its number there. */
static uint32_t file_maker(
	const struct dag *d, struct strview path, uint32_t *ret_product)
{
	uint32_t file = dag_find(d, path);
	uint32_t job = file == DAG_NONE ? DAG_NONE : d->producer[file];
	if (job == DAG_NONE) {
		return DAG_NONE;
	}
	const struct rule *rule = dag_rule(d, job);
	for (uint32_t k = 0; k < rule->product_count; k++) {
		if (dag_products(d, job)[k] == file) {
			*ret_product = k;
			return rule->products[k].flags & PRODUCT_DIRECTORY ? DAG_NONE
									   : job;
		}
	}
	return DAG_NONE; /* within a folder that it makes */
}

/* Looks at all folders above `path`. */
static int check_above(struct builder *b, struct strview path, const struct product *p)
{
	for (size_t n = path.n; n-- > 1;) {
		const struct dag *in = b->d;
		struct strview above = sv_sub(path, 0, n);
		uint32_t at = 0;
		if (path.p[n] != '/') {
			continue;
		}
		uint32_t job = file_maker(in, above, &at);
		if (job == DAG_NONE && b->d->base) {
			in = b->d->base;
			job = file_maker(in, above, &at);
		}
		if (job == DAG_NONE) {
			continue;
		}
		diag_error(b->sink, "CW-E413", p->span,
			"\"" SV_FMT "\" needs a folder \"" SV_FMT "\", and rule \"" SV_FMT
			"\" makes a file of that name",
			SV_ARG(path), SV_ARG(above), SV_ARG(dag_rule(in, job)->name));
		diag_note(b->sink, dag_rule(in, job)->products[at].span,
			"the file; a folder is declared with directory: true");
		return -1;
	}
	return 0;
}

int check_file_parents(struct builder *b)
{
	const struct dag *d = b->d;
	struct hashmap seen;
	struct strview last = {NULL, 0};
	int rc = 0;
	hashmap_init(&seen);
	for (uint32_t j = 0; j + 1 < d->jobs.n; j++) {
		const struct rule *rule = dag_rule(d, j);
		for (uint32_t k = 0; k < rule->product_count; k++) {
			struct strview path = dag_path(d, dag_products(d, j)[k]);
			const char *slash = memrchr(path.p, '/', path.n);
			struct strview folder =
				sv_sub(path, 0, slash ? (size_t)(slash - path.p) : 0);
			if (!folder.n || sv_eq(folder, last)) {
				continue;
			}
			last = folder;
			uint64_t key = hash64(folder.p, folder.n);
			if (hashmap_get(&seen, key) == HASHMAP_NONE) {
				hashmap_set(&seen, key, 0);
				rc |= check_above(b, path, &rule->products[k]);
			}
		}
	}
	hashmap_release(&seen);
	return rc;
}
