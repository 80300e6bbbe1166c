#include "abc/collector.h"

#include <math.h>

#include "abc/weights.h"
#include "base/xalloc.h"

void collector_init(struct collector *c, const struct problem *p,
	const struct gen_input *in, bool all)
{
	*c = (struct collector){.problem = p,
		.tickets = in->tickets,
		.all = all,
		.want = in->want,
		.limit = in->tickets ? in->want : in->limit,
		.ticket_limit = in->limit};
	block_init(&c->all_records, 0, 0, p->npar + p->nstat);
}

void collector_release(struct collector *c)
{
	vec_release(&c->done);
	vec_release(&c->todo);
	vec_release(&c->smallest);
	vec_release(&c->failed);
	block_release(&c->all_records);
}

/* The N-th smallest accepted id, or the largest number while there are fewer. */
static uint64_t cut(const struct collector *c)
{
	return !c->all && !c->tickets && c->smallest.n == c->want ? c->smallest.v[0]
								  : UINT64_MAX;
}

bool collector_wants(const struct collector *c, uint64_t id)
{
	return id <= cut(c);
}

static uint64_t minimum(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

bool collector_lease(struct collector *c, uint64_t most, struct range *ret)
{
	while (c->todo.n) {
		struct range *r = &vec_last(&c->todo);

		if (r->first == r->end || !collector_wants(c, r->first)) {
			c->todo.n--;
			continue;
		}
		ret->first = r->first;
		ret->end = minimum(r->end, r->first + most);
		r->first = ret->end;
		return true;
	}
	if (cut(c) != UINT64_MAX || c->next >= c->limit || c->failed_out) {
		return false;
	}
	ret->first = c->next;
	ret->end = minimum(c->limit, c->next + most);
	c->next = ret->end;
	return true;
}

void collector_return(struct collector *c, struct range r)
{
	if (r.first < r.end) {
		vec_push(&c->todo, r);
	}
}

/* Index of the first range of `done` that ends behind `id`. */
static size_t find_range(const struct collector *c, uint64_t id)
{
	size_t low = 0, high = c->done.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (c->done.v[mid].end > id) {
			high = mid;
		} else {
			low = mid + 1;
		}
	}
	return low;
}

static bool is_known(const struct collector *c, uint64_t id)
{
	size_t i = find_range(c, id);

	return i < c->done.n && c->done.v[i].first <= id;
}

/* Adds a range to the known ones and joins neighbours. */
static void mark_known(struct collector *c, struct range r)
{
	size_t at, last;

	if (r.first == r.end) {
		return;
	}
	at = find_range(c, r.first);
	if (at > 0 && c->done.v[at - 1].end == r.first) {
		at--;
	}
	last = at;
	while (last < c->done.n && c->done.v[last].first <= r.end) {
		r.first = minimum(r.first, c->done.v[last].first);
		r.end = r.end > c->done.v[last].end ? r.end : c->done.v[last].end;
		last++;
	}
	if (last == at) {
		vec_reserve(&c->done, 1);
		memmove(c->done.v + at + 1, c->done.v + at,
			(c->done.n - at) * sizeof(*c->done.v));
		c->done.n++;
	} else {
		memmove(c->done.v + at + 1, c->done.v + last,
			(c->done.n - last) * sizeof(*c->done.v));
		c->done.n -= last - at - 1;
	}
	c->done.v[at] = r;
}

static void sift_down(struct collector *c)
{
	uint64_t *v = c->smallest.v;
	size_t n = c->smallest.n, i = 0;

	for (;;) {
		size_t child = 2 * i + 1;
		uint64_t x;

		if (child + 1 < n && v[child + 1] > v[child]) {
			child++;
		}
		if (child >= n || v[child] <= v[i]) {
			return;
		}
		x = v[i];
		v[i] = v[child];
		v[child] = x;
		i = child;
	}
}

/* Keeps the N smallest accepted ids. */
static void note_accepted(struct collector *c, uint64_t id)
{
	uint64_t *v;
	size_t i;

	c->accepted++;
	if (c->smallest.n == c->want) {
		if (id < c->smallest.v[0]) {
			c->smallest.v[0] = id;
			sift_down(c);
		}
		return;
	}
	vec_push(&c->smallest, id);
	v = c->smallest.v;
	for (i = c->smallest.n - 1; i > 0 && v[(i - 1) / 2] < v[i]; i = (i - 1) / 2) {
		uint64_t x = v[i];
		v[i] = v[(i - 1) / 2];
		v[(i - 1) / 2] = x;
	}
}

/* Sorted insertion; failures come nearly in order. */
static void note_failed(struct collector *c, uint64_t id)
{
	size_t at = c->failed.n;

	vec_push(&c->failed, id);
	while (at > 0 && c->failed.v[at - 1] > id) {
		c->failed.v[at] = c->failed.v[at - 1];
		at--;
	}
	c->failed.v[at] = id;
}

uint64_t collector_frontier(const struct collector *c)
{
	return c->done.n && c->done.v[0].first == 0 ? c->done.v[0].end : 0;
}

/* Failures at ids whose predecessors are all known: the verdict is final. */
static void judge_failures(struct collector *c)
{
	uint64_t end = collector_frontier(c);

	if (cut(c) < end) {
		end = cut(c) + 1;
	}
	while (!c->tickets && c->judged < c->failed.n && c->failed.v[c->judged] < end &&
		!c->failed_out) {
		uint64_t id = c->failed.v[c->judged++];

		if (c->judged > c->problem->max_failed ||
			(id >= 99 && (double)c->judged > c->problem->max_failed_share *
								 (double)(id + 1))) {
			c->failed_out = true;
			c->too_many_at = id;
		}
	}
}

/* Whether the records of known ids in `b` are those that are here. */
static int check_known(
	const struct collector *c, const struct block *b, struct strbuf *err)
{
	size_t bytes = b->stride * sizeof(double);

	for (size_t i = 0; i < b->rec.n; i++) {
		const struct record *r = &b->rec.v[i];
		uint64_t key = c->tickets ? r->id >> TICKET_SHIFT : r->id;
		bool same = false;

		if (!is_known(c, key)) {
			continue;
		}
		for (size_t k = 0; k < c->all_records.rec.n && !same; k++) {
			const struct record *known = &c->all_records.rec.v[k];
			same = known->id == r->id && known->model == r->model &&
			       known->status == r->status &&
			       memcmp(&known->distance, &r->distance,
				       2 * sizeof(double)) == 0 &&
			       memcmp(block_num(&c->all_records, k), block_num(b, i),
				       bytes) == 0;
		}
		if (!same) {
			return fail(err,
				"two results for evaluation %llu differ: the model does "
				"not depend on its parameters and seed alone, or parts "
				"come from different builds",
				(unsigned long long)r->id);
		}
	}
	for (size_t k = 0; k < c->all_records.rec.n; k++) {
		const struct record *known = &c->all_records.rec.v[k];
		uint64_t key = c->tickets ? known->id >> TICKET_SHIFT : known->id;
		bool found = key < b->first || key >= b->first + b->count;

		for (size_t i = 0; i < b->rec.n && !found; i++) {
			found = b->rec.v[i].id == known->id;
		}
		if (!found) {
			return fail(err, "two results for evaluation %llu differ",
				(unsigned long long)known->id);
		}
	}
	return 0;
}

static bool overlaps(const struct collector *c, const struct block *b)
{
	size_t at = find_range(c, b->first);

	return at < c->done.n && c->done.v[at].first < b->first + b->count;
}

static void add_record(struct collector *c, const struct block *b, size_t i)
{
	const struct record *r = &b->rec.v[i];

	memcpy(block_add(&c->all_records, *r), block_num(b, i),
		b->stride * sizeof(double));
	switch ((enum record_status)r->status) {
	case RECORD_ACCEPTED:
		note_accepted(c, r->id);
		c->ticket_evals += (r->id & UINT32_MAX) + 1;
		break;
	case RECORD_REJECTED:
		break;
	case RECORD_FAILED:
	case RECORD_TIMED_OUT:
		note_failed(c, r->id);
		break;
	}
}

int collector_add(struct collector *c, const struct block *b, struct strbuf *err)
{
	bool doubled = overlaps(c, b);

	if (doubled && check_known(c, b, err)) {
		return -1;
	}
	for (size_t i = 0; i < b->rec.n; i++) {
		uint64_t id = b->rec.v[i].id;
		if (!doubled || !is_known(c, c->tickets ? id >> TICKET_SHIFT : id)) {
			add_record(c, b, i);
		}
	}
	if (b->message) {
		block_note(&c->all_records, b->message_id, b->message);
	}
	c->n_eval += b->n_eval;
	mark_known(c, (struct range){b->first, b->first + b->count});
	judge_failures(c);
	return 0;
}

void collector_plan_gaps(struct collector *c)
{
	uint64_t at = 0;

	vec_clear(&c->todo);
	for (size_t i = 0; i < c->done.n; i++) {
		collector_return(c, (struct range){at, c->done.v[i].first});
		at = c->done.v[i].end;
	}
	c->next = at;
	/* The last is handed out first: turn round, so that the smallest comes first. */
	for (size_t i = 0; i < c->todo.n / 2; i++) {
		struct range r = c->todo.v[i];
		c->todo.v[i] = c->todo.v[c->todo.n - 1 - i];
		c->todo.v[c->todo.n - 1 - i] = r;
	}
}

enum collect_state collector_state(const struct collector *c)
{
	uint64_t frontier = collector_frontier(c);

	if (c->failed_out) {
		return COLLECT_FAILED;
	}
	if (c->all) {
		return frontier >= c->limit ? COLLECT_DONE : COLLECT_MORE;
	}
	if (c->tickets) {
		if (frontier < c->want) {
			return COLLECT_MORE;
		}
		return c->accepted >= c->want && c->ticket_evals <= c->ticket_limit
			       ? COLLECT_DONE
			       : COLLECT_SHORT;
	}
	if (cut(c) < frontier) {
		return COLLECT_DONE;
	}
	return frontier >= c->limit ? COLLECT_SHORT : COLLECT_MORE;
}

uint64_t collector_expects(const struct collector *c)
{
	double rate, missing;

	if (c->tickets || c->all) {
		return c->next < c->limit ? c->limit - c->next : 1;
	}
	if (c->accepted >= c->want) {
		return 1;
	}
	missing = (double)(c->want - c->accepted);
	rate = ((double)c->accepted + 1) / ((double)c->n_eval + 2);
	return (uint64_t)fmin(1e15, ceil(missing / rate));
}

struct sort_key {
	uint64_t id;
	size_t at;
};

static int compare_keys(const void *a, const void *b)
{
	const struct sort_key *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* Sorts the records by id and drops those beyond `last`. */
static void sort_records(struct collector *c, uint64_t last)
{
	struct block *all = &c->all_records, sorted;
	struct sort_key *key = xcalloc(all->rec.n + 1, sizeof(*key));

	for (size_t i = 0; i < all->rec.n; i++) {
		key[i] = (struct sort_key){all->rec.v[i].id, i};
	}
	qsort(key, all->rec.n, sizeof(*key), compare_keys);
	block_init(&sorted, 0, 0, all->stride);
	vec_reserve(&sorted.rec, all->rec.n);
	vec_reserve(&sorted.num, all->num.n + 1);
	for (size_t i = 0; i < all->rec.n && key[i].id <= last; i++) {
		memcpy(block_add(&sorted, all->rec.v[key[i].at]),
			block_num(all, key[i].at), all->stride * sizeof(double));
	}
	sorted.message = all->message;
	sorted.message_id = all->message_id;
	all->message = NULL;
	block_release(all);
	*all = sorted;
	free(key);
}

/* Evaluations behind the population, from the sorted records. */
static uint64_t count_evaluations(const struct collector *c)
{
	if (!c->tickets) {
		return c->all ? c->limit : cut(c) + 1;
	}
	return c->ticket_evals;
}

int collector_finish(struct collector *c, const struct gen_input *in,
	struct population *ret, struct strbuf *err)
{
	const struct problem *p = c->problem;
	const struct block *all = &c->all_records;
	double *log_w = xcalloc(c->accepted + 1, sizeof(*log_w));
	size_t n = 0;
	int status;

	sort_records(c, cut(c));
	population_init(
		ret, p, in->t, c->accepted < c->want || c->all ? c->accepted : c->want);
	for (size_t i = 0; i < all->rec.n; i++) {
		const struct record *r = &all->rec.v[i];

		if (r->status == RECORD_FAILED || r->status == RECORD_TIMED_OUT) {
			ret->n_failed++;
			ret->n_timed_out += r->status == RECORD_TIMED_OUT;
		}
		if (r->status != RECORD_ACCEPTED) {
			continue;
		}
		cw_assert(n < ret->n);
		ret->id[n] = r->id;
		ret->model[n] = r->model;
		ret->distance[n] = r->distance;
		log_w[n] = r->log_weight;
		memcpy(ret->theta + n * p->npar, block_num(all, i),
			p->npar * sizeof(double));
		memcpy(ret->stat + n * p->nstat, block_num(all, i) + p->npar,
			p->nstat * sizeof(double));
		n++;
	}
	ret->n = n;
	ret->epsilon = in->accept_all && !c->all ? HUGE_VAL : in->epsilon;
	ret->n_sim = count_evaluations(c);
	ret->n_started = c->n_eval;
	status = weights_normalise(log_w, n, ret->w);
	free(log_w);
	if (status) {
		population_release(ret);
		return fail(err,
			"generation %lld has a weight that is not finite, or none",
			(long long)in->t);
	}
	population_count_models(ret);
	return 0;
}
