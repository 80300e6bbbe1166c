/*
 * What globs found is there. Most sources of a large workflow were just seen by a glob, and
 * a plan that makes everything asks for nothing but their being there: so they need not be
 * looked up one by one.
 */
#include "dag/builder.h"

static void mark(
	struct dag *d, const struct strview *names, size_t count, const uint64_t *hashes)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t file =
			intern_find_hashed(&d->paths, names[i].p, names[i].n, hashes[i]);
		if (file != INTERN_NONE && d->producer[file] == DAG_NONE &&
			d->file_flags[file] & FILE_NEEDED) {
			d->file_flags[file] |= FILE_EXISTS;
		}
	}
}

/* Files in batches, so that the slots of the table of names are on their way to the cache
 * when the first is looked up. */
static void adopt_set(struct dag *d, const struct set *set, const struct pattern *p)
{
	struct strview names[INTERN_BATCH];
	uint64_t hashes[INTERN_BATCH];
	struct strbuf text = STRBUF_INIT;
	for (size_t row = 0; row < set->row_count;) {
		size_t n = 0, end[INTERN_BATCH + 1] = {0};
		strbuf_reset(&text);
		for (; n < INTERN_BATCH && row < set->row_count; n++, row++) {
			pattern_expand(p, &set->values[row * set->column_count], &text);
			end[n + 1] = text.len;
		}
		for (size_t i = 0; i < n; i++) {
			names[i] =
				(struct strview){text.buf + end[i], end[i + 1] - end[i]};
			hashes[i] = intern_hash(names[i].p, names[i].n);
			intern_prefetch(&d->paths, hashes[i]);
		}
		mark(d, names, n, hashes);
	}
	strbuf_release(&text);
}

void adopt_globs(struct dag *d)
{
	for (uint32_t i = 0; i < d->wf->set_count; i++) {
		const struct set_def *def = &d->wf->sets[i];
		const struct set *set = def->kind == SET_GLOB && !def->dynamic
						? set_store_peek(d->sets, i)
						: NULL;
		if (set) {
			adopt_set(d, set, def->glob);
		}
	}
}
