#include "dag/dag.h"

#include "dag/builder.h"

void dag_init(struct dag *d, const struct workflow *wf, struct set_store *sets)
{
	*d = (struct dag){.wf = wf, .sets = sets};
	intern_init(&d->paths);
}

void dag_release(struct dag *d)
{
	intern_release(&d->paths);
	free(d->producer);
	free(d->file_flags);
	free(d->mtime);
	free(d->size);
	free(d->order);
	free(d->input_end);
	vec_release(&d->jobs);
	vec_release(&d->outputs);
	vec_release(&d->inputs);
	vec_release(&d->values);
	vec_release(&d->targets);
	vec_release(&d->target_jobs);
	vec_release(&d->waits);
	vec_release(&d->inside);
}

void dag_values(const struct dag *d, uint32_t job, struct strview *ret)
{
	const char *p = d->values.v + d->jobs.v[job].values;
	uint32_t count = dag_rule(d, job)->wildcard_count;
	for (uint32_t i = 0; i < count; i++) {
		uint16_t n;
		memcpy(&n, p, sizeof(n));
		ret[i] = (struct strview){p + sizeof(n), n};
		p += sizeof(n) + n;
	}
}

void dag_wildcards_text(const struct dag *d, uint32_t job, struct strbuf *out)
{
	struct strview values[WILDCARDS_MOST];
	const struct rule *rule = dag_rule(d, job);
	dag_values(d, job, values);
	for (uint32_t i = 0; i < rule->wildcard_count; i++) {
		strbuf_addstr(out, i ? ", " : "");
		strbuf_addsv(out, rule->wildcards[i]);
		strbuf_addch(out, '=');
		escape_for_terminal(out, values[i]);
	}
}
