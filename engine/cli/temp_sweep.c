#include "cli/temp_sweep.h"

#include <fcntl.h>

#include "cli/rounds.h"
#include "sys/fs.h"

enum { IS_TEMP = 1, HAS_USED = 2, IS_WAITED_FOR = 4 };

/* Marks the temporary files of jobs that did not run; how many. */
static uint32_t mark_temps(const struct plan *p, uint8_t *marks)
{
	const struct dag *d = p->d;
	uint32_t count = 0;
	for (uint32_t j = 0; j < d->job_count; j++) {
		const struct rule *rule = dag_rule(d, j);
		const uint32_t *files = dag_products(d, j);
		for (uint32_t k = 0; k < rule->output_count && !p->reasons[j]; k++) {
			uint8_t flags = d->file_flags[files[k]];
			if (rule->products[k].flags & PRODUCT_TEMP &&
				flags & FILE_EXISTS && !(flags & FILE_TARGET)) {
				marks[files[k]] = IS_TEMP;
				count++;
			}
		}
	}
	return count;
}

/* Marks what their users say. */
static void mark_uses(const struct plan *p, uint8_t *marks)
{
	for (uint32_t j = 0; j < p->d->job_count; j++) {
		uint32_t n;
		const uint32_t *in = dag_inputs(p->d, j, &n);
		bool left_out = p->excluded && p->excluded[j];
		bool done = p->done && p->done[j];
		for (uint32_t k = 0; k < n; k++) {
			uint8_t *mark = &marks[INPUT_FILE(in[k])];
			if (*mark && (left_out || (p->reasons[j] && !done))) {
				*mark |= IS_WAITED_FOR;
			} else if (*mark && done) {
				*mark |= HAS_USED;
			}
		}
	}
}

void temp_sweep(struct session *s)
{
	const struct plan *p = &s->plan;
	bool temps = false;
	for (uint32_t r = 0; r < s->wf.rule_count; r++) {
		for (uint32_t k = 0; k < s->wf.rules[r].output_count; k++) {
			temps |= s->wf.rules[r].products[k].flags & PRODUCT_TEMP;
		}
	}
	if (!temps || !s->has_plan || !s->has_dag || rounds_waiting(s)) {
		return;
	}
	bool all = s->grew || (s->records && s->records->state.was_killed);
	uint8_t *marks = xcalloc(s->dag.paths.count, 1);
	if (mark_temps(p, marks)) {
		mark_uses(p, marks);
		for (uint32_t f = 0; f < s->dag.paths.count; f++) {
			if (marks[f] == (IS_TEMP | HAS_USED) ||
				(all && marks[f] == IS_TEMP)) {
				/* one that cannot be removed is no fault of the run's */
				fs_remove_tree(AT_FDCWD, dag_path(&s->dag, f).p);
			}
		}
	}
	free(marks);
}
