#include "cli/run_classes.h"

#include "base/number.h"
#include "cli/cluster_run.h"
#include "plan/critical_path.h"

/* Number of the resource that stands for a place at the cluster, where there is one. */
enum { SUBMISSIONS = 1 };

static int bad_pair(struct session *s, const char *option, const char *pair)
{
	return diag_error(&s->sink, "CW-E504", (struct span){0},
		"%s takes NAME=NUMBER, this is \"%s\"", option, pair);
}

static int read_pair(struct session *s, const char *option, const char *pair,
	struct strview *ret_name, int64_t *ret)
{
	const char *eq = strchr(pair, '=');
	if (!eq || eq == pair) {
		return bad_pair(s, option, pair);
	}
	*ret_name = (struct strview){pair, (size_t)(eq - pair)};
	/* sizes may have a unit, as in rules: mem=8GB limits mem_mb */
	bool mem = sv_eq_str(*ret_name, "mem"), disk = sv_eq_str(*ret_name, "disk");
	int rc = mem || disk ? parse_size_mb(sv_from(eq + 1), ret)
			     : parse_i64(sv_from(eq + 1), ret);
	if (mem || disk) {
		*ret_name = mem ? SV("mem_mb") : SV("disk_mb");
	}
	return rc != 0 || *ret < 0 ? bad_pair(s, option, pair) : 0;
}

static int read_limits(struct run_classes *c, struct session *s)
{
	c->names[0] = "cores";
	c->graph.resource_count = 1;
	c->graph.limit[0] = s->cores;
	if (s->cluster.on) {
		c->names[SUBMISSIONS] = ""; /* no resource of a rule is called so */
		c->graph.limit[SUBMISSIONS] = s->cluster.jobs;
		c->graph.resource_count++;
	}
	for (size_t i = 0; i < s->o.resources.n; i++) {
		struct strview name;
		int64_t limit;
		if (read_pair(s, "--resources", s->o.resources.v[i], &name, &limit) !=
			0) {
			return -1;
		}
		uint32_t n = c->graph.resource_count;
		if (n == SCHED_MOST_RESOURCES) {
			return diag_error(&s->sink, "CW-E504", (struct span){0},
				"at most %d resources", SCHED_MOST_RESOURCES - 1);
		}
		c->names[n] = arena_sv(&s->wf.arena, name).p;
		c->graph.limit[n] = limit;
		c->graph.resource_count++;
	}
	return 0;
}

/* What one job asks for of each limited resource. */
static int amounts_of(struct run_classes *c, struct session *s, struct job_values *v,
	struct sched_class *ret)
{
	const struct rule *rule = v->rule;
	struct render_error err = {0};
	if (rule->command_kind == RULE_NOTHING) {
		return 0; /* nothing runs, nothing is used */
	}
	if (job_threads(v, &ret->amount[0], &err) != 0) {
		return diag_error(
			&s->sink, "CW-E510", rule->threads->span, "%s", err.text);
	}
	if (cluster_takes(s, v->job)) {
		ret->amount[0] = 0;
		ret->amount[SUBMISSIONS] = 1;
	}
	for (uint32_t k = 0; k < rule->resource_count; k++) {
		const struct resource *res = &rule->resources[k];
		for (uint32_t n = 1; n < c->graph.resource_count; n++) {
			if (!sv_eq_str(res->name, c->names[n])) {
				continue;
			}
			struct value value;
			if (job_resource(v, k, &value, &err) != 0) {
				return diag_error(&s->sink, "CW-E510", res->span, "%s",
					err.text ? err.text : "no value");
			}
			if (value.kind != VALUE_INT || value.i < 0) {
				return diag_error(&s->sink, "CW-E510", res->span,
					"resource \"%s\" must be an integer here: --resources "
					"limits it",
					c->names[n]);
			}
			ret->amount[n] = value.i;
			if (ret->amount[n] > c->graph.limit[n]) {
				return diag_error(&s->sink, "CW-E511", res->span,
					"rule \"" SV_FMT
					"\" asks for %lld of \"%s\", and the "
					"limit is %lld",
					SV_ARG(rule->name), (long long)ret->amount[n],
					c->names[n], (long long)c->graph.limit[n]);
			}
		}
	}
	return 0;
}

/* Whether all jobs of a rule ask for the same. */
static bool is_constant(const struct rule *rule)
{
	bool constant = !rule->threads || rule->threads->t.expr_count == 0;
	for (uint32_t k = 0; k < rule->resource_count; k++) {
		constant = constant && rule->resources[k].value.t.expr_count == 0;
	}
	return constant;
}

static uint32_t class_number(struct run_classes *c, const struct sched_class *wanted)
{
	for (size_t i = 0; i < c->classes.n; i++) {
		if (memcmp(&c->classes.v[i], wanted, sizeof(*wanted)) == 0) {
			return (uint32_t)i;
		}
	}
	vec_push(&c->classes, *wanted);
	return (uint32_t)c->classes.n - 1;
}

static int classify(struct run_classes *c, struct session *s, struct job_context *context,
	int64_t retries)
{
	const struct dag *d = &s->dag;
	uint32_t *of_rule = xreallocarray(NULL, s->wf.rule_count, sizeof(*of_rule));
	struct arena arena = ARENA_INIT;
	int rc = 0;
	for (uint32_t r = 0; r < s->wf.rule_count; r++) {
		of_rule[r] = UINT32_MAX;
	}
	for (uint32_t j = 0; j < d->job_count && rc == 0; j++) {
		const struct rule *rule = dag_rule(d, j);
		if (!s->plan.wanted[j]) {
			continue;
		}
		c->priority[j] = rule->priority;
		if (of_rule[rule->index] == UINT32_MAX || !is_constant(rule)) {
			struct job_values v;
			struct sched_class wanted;
			memset(&wanted, 0,
				sizeof(wanted)); /* padding too: it is compared */
			wanted.retries =
				(uint32_t)(rule->retries >= 0 ? rule->retries : retries);
			rc = job_values_init(&v, context, &arena, j, 1);
			rc = rc ? rc : amounts_of(c, s, &v, &wanted);
			of_rule[rule->index] = rc ? 0 : class_number(c, &wanted);
			arena_pop(&arena, (struct arena_mark){0});
		}
		c->class_of[j] = of_rule[rule->index];
	}
	arena_release(&arena);
	free(of_rule);
	return rc;
}

int run_classes_make(
	struct run_classes *c, struct session *s, struct job_context *context)
{
	const struct plan *p = &s->plan;
	int64_t retries = 0;
	*c = (struct run_classes){0};
	if (s->o.retries && (parse_i64(sv_from(s->o.retries), &retries) != 0 ||
				    retries < 0 || retries > 1000)) {
		return diag_error(&s->sink, "CW-E504", (struct span){0},
			"--retries takes a number from 0 to 1000, this is \"%s\"",
			s->o.retries);
	}
	if (read_limits(c, s) != 0) {
		return -1;
	}
	c->class_of = xcalloc(s->dag.job_count, sizeof(*c->class_of));
	c->priority = xcalloc(s->dag.job_count, sizeof(*c->priority));
	int rc = classify(c, s, context, retries);
	c->graph.job_count = s->dag.job_count;
	c->graph.pending = p->pending;
	c->graph.dependents_start = p->dependents_start;
	c->graph.dependents = p->dependents;
	c->graph.wanted = p->wanted;
	c->graph.priority = c->priority;
	c->weight = critical_paths(p);
	c->graph.weight = c->weight;
	c->graph.class_of = c->class_of;
	c->graph.classes = c->classes.v;
	c->graph.class_count = (uint32_t)c->classes.n;
	c->graph.keep_going = s->o.keep_going;
	return rc;
}

const char *run_classes_over(const struct run_classes *c, struct job_context *context,
	struct arena *arena, uint32_t job, uint32_t attempt)
{
	const struct rule *rule = dag_rule(context->d, job);
	struct job_values v;
	struct render_error err = {0};
	if (!job_is_sized_late(rule) ||
		job_values_init(&v, context, arena, job, attempt) != 0) {
		return NULL;
	}
	for (uint32_t k = 0; k < rule->resource_count; k++) {
		struct value value;
		if (job_resource(&v, k, &value, &err) != 0) {
			return err.text ? err.text : "a resource has no value";
		}
		for (uint32_t n = 1; n < c->graph.resource_count; n++) {
			if (!sv_eq_str(rule->resources[k].name, c->names[n])) {
				continue;
			}
			if (value.kind != VALUE_INT || value.i < 0) {
				return arena_printf(arena,
					"resource \"%s\" must be an integer: --resources "
					"limits it",
					c->names[n]);
			}
			if (value.i > c->graph.limit[n]) {
				return arena_printf(arena,
					"it asks for %lld of \"%s\", and the limit is %lld",
					(long long)value.i, c->names[n],
					(long long)c->graph.limit[n]);
			}
		}
	}
	return NULL;
}

void run_classes_release(struct run_classes *c)
{
	vec_release(&c->classes);
	free(c->class_of);
	free(c->priority);
	free(c->weight);
}
