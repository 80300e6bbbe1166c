#include "cli/run_classes.h"

#include "base/hash.h"
#include "cli/cluster_run.h"
#include "cli/rounds.h"
#include "plan/critical_path.h"

/* Number of the resource that stands for a place at the cluster, where there is one. */
enum { SUBMISSIONS = 1 };

/* Jobs that are handed to the cluster's executor to choose packs from. */
enum { PACKED_AT_ONCE = 100, JOBS_AT_ONCE_MOST = 20000 };

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
		if (option_pair(&s->sink, "--resources", s->o.resources.v[i], &name,
			    &limit) != 0) {
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

/* Why a job cannot have what it asks for. */
struct refusal {
	const char *subject;    /* of the words, set by who asks */
	const char *code, *why; /* `why` in an arena */
	struct span span;
	bool of_job; /* a value that cannot be worked out: the job fails by itself */
};

static int refuse(struct refusal *r, const char *code, struct span span, const char *why)
{
	r->code = code;
	r->why = why ? why : "no value";
	r->span = span;
	return -1;
}

/* What the job asks of resource `k` of its rule, which is limited as number `n`. */
static int amount_of(struct run_classes *c, struct job_values *v, uint32_t k, uint32_t n,
	int64_t *ret, struct refusal *no)
{
	const struct resource *res = &v->rule->resources[k];
	struct render_error err = {0};
	struct value value;
	if (job_resource(v, k, &value, &err) != 0) {
		no->of_job = true;
		return refuse(no, "CW-E510", res->span,
			arena_printf(v->arena, "its %s cannot be worked out: %s",
				c->names[n], err.text ? err.text : "no value"));
	}
	if (value.kind != VALUE_INT || value.i < 0) {
		return refuse(no, "CW-E510", res->span,
			arena_printf(v->arena,
				"resource \"%s\" must be an integer here: --resources "
				"limits it",
				c->names[n]));
	}
	if (value.i > c->graph.limit[n]) {
		return refuse(no, "CW-E511", res->span,
			arena_printf(v->arena,
				"%s asks for %lld of \"%s\", and the limit is %lld",
				no->subject, (long long)value.i, c->names[n],
				(long long)c->graph.limit[n]));
	}
	*ret = value.i;
	return 0;
}

/* What one attempt asks for of each limited resource. */
static int amounts_of(struct run_classes *c, struct job_values *v,
	struct sched_class *ret, struct refusal *no)
{
	const struct rule *rule = v->rule;
	struct render_error err = {0};
	if (rule->command_kind == RULE_NOTHING) {
		return 0; /* nothing runs, nothing is used */
	}
	if (job_threads(v, &ret->amount[0], &err) != 0) {
		no->of_job = true;
		return refuse(no, "CW-E510", rule->threads->span, err.text);
	}
	if (cluster_takes(c->s, v->job)) {
		ret->amount[0] = 0;
		ret->amount[SUBMISSIONS] = 1;
	}
	for (uint32_t k = 0; k < rule->resource_count; k++) {
		for (uint32_t n = 1; n < c->graph.resource_count; n++) {
			if (sv_eq_str(rule->resources[k].name, c->names[n]) &&
				amount_of(c, v, k, n, &ret->amount[n], no) != 0) {
				return -1;
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

/* The class that asks for this; its padding is zero. */
static uint32_t class_number(struct run_classes *c, const struct sched_class *wanted)
{
	uint64_t key = hash64(wanted, sizeof(*wanted));
	uint32_t at = hashmap_get(&c->class_at, key);
	while (at != HASHMAP_NONE &&
		memcmp(&c->classes.v[at], wanted, sizeof(*wanted)) != 0) {
		at = hashmap_get(&c->class_at, ++key);
	}
	if (at == HASHMAP_NONE) {
		at = (uint32_t)c->classes.n;
		vec_push(&c->classes, *wanted);
		hashmap_set(&c->class_at, key, at);
		c->graph.classes = c->classes.v;
		c->graph.class_count = (uint32_t)c->classes.n;
	}
	return at;
}

/* A class that asks for nothing as yet. */
static struct sched_class empty_class(const struct run_classes *c, uint32_t job)
{
	const struct rule *rule = dag_rule(&c->s->dag, job);
	struct sched_class class;
	memset(&class, 0, sizeof(class)); /* padding too: it is compared */
	class.retries = (uint32_t)(rule->retries >= 0 ? rule->retries : c->retries);
	return class;
}

/* Whether an input of the job is still to be made. */
static bool waits_for_inputs(const struct plan *p, uint32_t job)
{
	uint32_t n;
	const uint32_t *in = dag_inputs(p->d, job, &n);
	for (uint32_t k = 0; k < n; k++) {
		uint32_t maker = p->d->producer[INPUT_FILE(in[k])];
		if (maker != DAG_NONE && p->reasons[maker]) {
			return true;
		}
	}
	return false;
}

/* It starts, asking for nothing, and fails with the reason: see run_classes_over. */
static int leave_to_job(struct run_classes *c, uint32_t job, struct sched_class *ret)
{
	if (!c->late) {
		c->late = xcalloc(c->job_cap, 1);
	}
	c->late[job] = SCHED_LATE_FIRST | SCHED_LATE_RETRY;
	*ret = empty_class(c, job);
	return 0;
}

/* The class of one job of those whose jobs differ. */
static int classify_one(struct run_classes *c, uint32_t job)
{
	struct session *s = c->s;
	unsigned late = c->late_rule[dag_rule(&s->dag, job)->index];
	struct sched_class wanted = empty_class(c, job);
	struct job_values v;
	struct refusal no = {0};
	int rc = 0;
	if (late & JOB_LATE_SIZE && waits_for_inputs(&s->plan, job)) {
		c->late[job] = SCHED_LATE_FIRST;
	} else {
		rc = job_values_init(&v, c->context, &c->scratch, job, 1);
		no.subject = arena_printf(&c->scratch, "rule \"" SV_FMT "\"",
			SV_ARG(dag_rule(&s->dag, job)->name));
		if (rc == 0 && amounts_of(c, &v, &wanted, &no) != 0) {
			rc = no.of_job ? leave_to_job(c, job, &wanted)
				       : diag_error(&s->sink, no.code, no.span, "%s",
						 no.why);
		}
	}
	if (late & JOB_LATE_ATTEMPT) {
		c->late[job] |= SCHED_LATE_RETRY;
	}
	c->class_of[job] = rc ? 0 : class_number(c, &wanted);
	arena_pop(&c->scratch, (struct arena_mark){0});
	return rc;
}

static int classify(struct run_classes *c)
{
	const struct dag *d = &c->s->dag;
	uint32_t *of_rule = xreallocarray(NULL, d->wf->rule_count, sizeof(*of_rule));
	int rc = 0;
	for (uint32_t r = 0; r < d->wf->rule_count; r++) {
		of_rule[r] = UINT32_MAX;
	}
	for (uint32_t j = plan_next_wanted(&c->s->plan, 0); j < d->job_count && rc == 0;
		j = plan_next_wanted(&c->s->plan, j + 1)) {
		const struct rule *rule = dag_rule(d, j);
		c->priority[j] = rule->priority;
		if (of_rule[rule->index] != UINT32_MAX) {
			c->class_of[j] = of_rule[rule->index];
			continue;
		}
		rc = classify_one(c, j);
		if (is_constant(rule)) {
			of_rule[rule->index] = c->class_of[j];
		}
	}
	free(of_rule);
	return rc;
}

/* --prioritize */
static int prioritize(struct run_classes *c)
{
	struct session *s = c->s;
	uint8_t *marks = xcalloc(s->dag.job_count, 1);
	int rc = 0;
	for (size_t i = 0; i < s->o.prioritize.n; i++) {
		rc |= plan_mark_first(&s->plan, "--prioritize",
			sv_from(s->o.prioritize.v[i]), &s->sink, marks);
	}
	for (uint32_t j = 0; j < s->dag.job_count; j++) {
		c->priority[j] = marks[j] ? INT32_MAX : c->priority[j];
	}
	free(marks);
	return rc;
}

/* The same for a job that came during the run. */
static int32_t priority_of(const struct run_classes *c, uint32_t job, uint32_t gate)
{
	const struct session *s = c->s;
	bool first = c->priority[gate] == INT32_MAX;
	for (size_t i = 0; i < s->o.prioritize.n && !first; i++) {
		first = plan_is_named(&s->plan, sv_from(s->o.prioritize.v[i]), job);
	}
	return first ? INT32_MAX : dag_rule(&s->dag, job)->priority;
}

/* A job that says how large its inputs are cannot start before they are made, nor can one
 * whose inputs are not all known. */
static bool may_join(const void *ctx, uint32_t job)
{
	const struct session *s = ctx;
	return cluster_takes(s, job) && !job_reads_sizes(dag_rule(&s->dag, job)) &&
	       !rounds_is_gate(s, job);
}

/* Jobs with the cluster, where several may be one of the `jobs` submissions: these are
 * counted by the executor. */
static int64_t jobs_at_once(const struct run_classes *c, const struct session *s)
{
	int64_t most = c->groups.most;
	bool to_come = false; /* groups of jobs that come during the run */
	for (uint32_t r = 0; r < s->wf.rule_count; r++) {
		most = s->wf.rules[r].bundle > most ? s->wf.rules[r].bundle : most;
		to_come = to_come || (s->wf.has_after && s->wf.rules[r].group.n);
	}
	if ((s->cluster.bundle_minutes || to_come) && most < PACKED_AT_ONCE) {
		most = PACKED_AT_ONCE;
	}
	/* one group more than may be in flight, so that the next one is whole when it may go */
	int64_t n = (s->cluster.jobs + (c->groups.most > 1 || to_come)) * most;
	return n > s->cluster.jobs && n > JOBS_AT_ONCE_MOST ? JOBS_AT_ONCE_MOST : n;
}

/* What each job asks for. */
static int begin(struct run_classes *c, struct session *s, struct job_context *context)
{
	bool late = s->wf.has_after;
	*c = (struct run_classes){.s = s, .context = context};
	hashmap_init(&c->class_at);
	arena_init(&c->scratch);
	c->retries = s->values.retries;
	if (read_limits(c, s) != 0) {
		return -1;
	}
	c->late_rule = xcalloc(s->wf.rule_count, 1);
	for (uint32_t r = 0; r < s->wf.rule_count; r++) {
		c->late_rule[r] = (uint8_t)job_is_late(&s->wf.rules[r]);
		late = late || c->late_rule[r];
	}
	c->class_of = xcalloc(s->dag.job_count, sizeof(*c->class_of));
	c->priority = xcalloc(s->dag.job_count, sizeof(*c->priority));
	c->late = late ? xcalloc(s->dag.job_count, 1) : NULL;
	c->job_cap = s->dag.job_count;
	return classify(c);
}

int run_classes_check(struct session *s, struct job_context *context)
{
	struct run_classes c;
	int rc = begin(&c, s, context);
	run_classes_release(&c);
	return rc;
}

static void set_groups(struct run_classes *c)
{
	c->graph.group_of = c->groups.of;
	c->graph.group_count = c->groups.count;
}

void run_classes_join(struct run_classes *c, uint32_t from)
{
	if (c->s->cluster.on) {
		job_groups_grow(&c->groups, &c->s->plan, from, may_join, c->s);
		set_groups(c);
	}
}

int run_classes_make(
	struct run_classes *c, struct session *s, struct job_context *context)
{
	const struct plan *p = &s->plan;
	int rc = begin(c, s, context);
	if (rc != 0) {
		return rc;
	}
	rc = s->o.prioritize.n ? prioritize(c) : 0;
	c->graph.job_count = s->dag.job_count;
	c->graph.pending = p->pending;
	c->graph.dependents_start = p->dependents_start;
	c->graph.dependents = p->dependents;
	c->graph.wanted = p->wanted;
	c->graph.priority = c->priority;
	if (rc == 0 && s->cluster.on) {
		job_groups_make(&c->groups, p, may_join, s);
		set_groups(c);
		c->graph.limit[SUBMISSIONS] = jobs_at_once(c, s);
	}
	c->expected = s->cluster.bundle_minutes ? expected_seconds(p) : NULL;
	c->weight = critical_paths(p);
	c->graph.weight = c->weight;
	c->graph.class_of = c->class_of;
	c->graph.late = c->late;
	c->graph.keep_going = s->o.keep_going;
	c->graph.admit_all = s->o.events != NULL;
	return rc;
}

static void make_rows(struct run_classes *c)
{
	uint32_t n = c->s->dag.job_count, cap = c->job_cap + c->job_cap / 2;
	if (n > c->job_cap) {
		cap = cap < n ? n : cap;
		c->class_of = xreallocarray(c->class_of, cap, sizeof(*c->class_of));
		c->priority = xreallocarray(c->priority, cap, sizeof(*c->priority));
		c->late = xreallocarray(c->late, cap, 1);
		if (c->expected) {
			c->expected =
				xreallocarray(c->expected, cap, sizeof(*c->expected));
		}
		if (c->weight) {
			c->weight = xreallocarray(c->weight, cap, sizeof(*c->weight));
		}
		c->job_cap = cap;
	}
	c->graph.class_of = c->class_of;
	c->graph.priority = c->priority;
	c->graph.late = c->late;
	c->graph.weight = c->weight;
}

/* The ways from the jobs that came to the end of the run: all lead through the gate. */
static void weigh(struct run_classes *c, uint32_t from, uint32_t gate)
{
	const struct plan *p = &c->s->plan;
	for (uint32_t j = from; j < p->d->job_count; j++) {
		c->weight[j] = c->weight[gate];
	}
	for (uint32_t j = p->d->job_count; j-- > from;) {
		uint32_t n;
		const uint32_t *in = dag_inputs(p->d, j, &n);
		const struct known_job *record = plan_record(p, j);
		c->weight[j] += record && record->run ? (float)record->seconds : 0;
		for (uint32_t k = 0; k < n; k++) {
			uint32_t maker = p->d->producer[INPUT_FILE(in[k])];
			if (maker != DAG_NONE && maker >= from &&
				c->weight[maker] < c->weight[j]) {
				c->weight[maker] = c->weight[j];
			}
		}
	}
}

void run_classes_grow(struct run_classes *c, uint32_t from, uint32_t gate)
{
	const struct dag *d = &c->s->dag;
	make_rows(c);
	for (uint32_t j = from; j < d->job_count; j++) {
		struct diag_sink *sink = &c->s->sink;
		if (c->expected) {
			const struct known_job *record = plan_record(&c->s->plan, j);
			c->expected[j] =
				record && record->run ? (float)record->seconds : -1;
		}
		c->late[j] = 0;
		c->class_of[j] = 0;
		c->priority[j] = priority_of(c, j, gate);
		if (c->s->plan.reasons[j] && classify_one(c, j) != 0) {
			/* said when it starts */
			diag_clear(sink);
			c->late[j] = SCHED_LATE_FIRST | SCHED_LATE_RETRY;
		}
	}
	if (c->weight) {
		weigh(c, from, gate);
	}
}

uint32_t run_classes_admit(struct run_classes *c, uint32_t job, uint32_t attempt)
{
	struct sched_class wanted = empty_class(c, job);
	struct job_values v;
	struct refusal no = {.subject = "it"};
	if (job_values_init(&v, c->context, &c->scratch, job, attempt) != 0 ||
		amounts_of(c, &v, &wanted, &no) != 0) {
		wanted = empty_class(c, job);
	}
	uint32_t class = class_number(c, &wanted);
	arena_pop(&c->scratch, (struct arena_mark){0});
	return class;
}

const char *run_classes_over(
	struct run_classes *c, struct arena *arena, uint32_t job, uint32_t attempt)
{
	struct sched_class wanted;
	struct job_values v;
	struct refusal no = {.subject = "it"};
	if (!c->late || !c->late[job] ||
		job_values_init(&v, c->context, arena, job, attempt) != 0) {
		return NULL;
	}
	return amounts_of(c, &v, &wanted, &no) != 0 ? no.why : NULL;
}

void run_classes_release(struct run_classes *c)
{
	vec_release(&c->classes);
	hashmap_release(&c->class_at);
	arena_release(&c->scratch);
	free(c->class_of);
	free(c->priority);
	free(c->late);
	free(c->late_rule);
	free(c->weight);
	free(c->expected);
	job_groups_release(&c->groups);
}
