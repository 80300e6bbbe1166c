/* Several jobs in one submission: which go together, what they share, where each of them
 * runs. */
#include "exec/cluster_impl.h"
#include "exec/pack_script.h"

/* A member of an array that has done its own job takes up others that wait, as long as
 * this is little of the time it asked for: each has nearly all of that left. */
enum { GUESTS_PART = 20, GUESTS_MOST_S = 30, GUESTS_UNKNOWN_S = 10 };

void cluster_set_wish(struct cluster *c, struct flight *f, const struct job_spec *spec)
{
	f->wish = (struct pack_wish){.kind = f->job, .most = 1, .expected_s = -1};
	f->group = spec->group;
	f->group_size = spec->group_size;
	if (spec->after_count) {
		f->after_count = spec->after_count;
		f->after = xcalloc(f->after_count, sizeof(*f->after));
		memcpy(f->after, spec->after, f->after_count * sizeof(*f->after));
		c->ordered++;
	}
	if (c->o.commands.pack_of) {
		c->o.commands.pack_of(c->o.commands.ctx, f->job, f->attempt, &f->wish);
	}
	if (c->o.array_id && f->wish.most <= 1) {
		struct submit_member member = {f->job, f->attempt};
		struct submit_request q = {.members = &member,
			.count = 1,
			.jobscript = "jobscript",
			.log = "log",
			.name = "name",
			.tag = "tag",
			.array_size = 1};
		struct strbuf shape = STRBUF_INIT, error = STRBUF_INIT;
		if (c->o.commands.submit(c->o.commands.ctx, &q, &shape, &error) == 0) {
			f->shape = strbuf_detach(&shape, NULL);
		}
		strbuf_release(&shape);
		strbuf_release(&error);
	}
}

/* --- which go together ------------------------------------------------------------- */

static bool fills(const struct flight *f)
{
	return f->wish.fill_s > 0 && f->wish.expected_s >= 0 &&
	       f->wish.expected_s < f->wish.fill_s;
}

static enum pack_shape shape_of(const struct flight *f)
{
	return f->group           ? PACK_GROUP
	       : f->wish.most > 1 ? PACK_BUNDLE
	       : fills(f)         ? PACK_FILL
				  : PACK_ARRAY;
}

bool cluster_may_share(const struct cluster *c, const struct flight *f)
{
	return !f->alone && (shape_of(f) != PACK_ARRAY || (c->o.array_id && f->shape));
}

/* Whether `f` may go with the others of `s`, which take `seconds` so far. */
static bool goes_with(const struct cluster *c, const struct sending *s,
	const struct flight *f, double seconds)
{
	const struct flight *first = s->members.v[0];
	if (f->cancelled || f->alone || first->alone || first->tries != f->tries ||
		first->group != f->group) {
		return false;
	}
	if (first->group) {
		return true;
	}
	if (first->wish.kind != f->wish.kind) {
		return false;
	}
	switch (s->shape) {
	case PACK_GROUP:
	case PACK_BUNDLE:
		return s->members.n < first->wish.most;
	case PACK_FILL:
		return fills(f) && seconds + f->wish.expected_s <= first->wish.fill_s;
	case PACK_ARRAY:
		break;
	}
	return c->o.array_id && s->members.n < c->o.array_most && first->shape &&
	       f->shape && strcmp(first->shape, f->shape) == 0;
}

/* A group that could go waits a moment for its other jobs: they come to the queue when the
 * scheduler has had its turn. 0: they are there, else until when. */
static int64_t waits_for_group(const struct cluster *c, struct flight *f, int64_t now)
{
	size_t have = 0;
	if (!f->group || f->alone) {
		return 0;
	}
	if (!f->could_go_ns) {
		f->could_go_ns = now;
	}
	if (now >= f->could_go_ns + GATHER_NS) {
		return 0;
	}
	for (size_t i = 0; i < c->queue.n; i++) {
		have += c->queue.v[i]->group == f->group;
	}
	return have >= f->group_size ? 0 : f->could_go_ns + GATHER_NS;
}

struct sending *cluster_choose(struct cluster *c, uint32_t most, int64_t *ret_next_ns)
{
	int64_t now = cluster_now();
	struct sending *s = NULL;
	size_t left = 0;
	double seconds = 0;
	*ret_next_ns = 0;
	for (size_t i = 0; i < c->queue.n; i++) {
		struct flight *f = c->queue.v[i];
		bool full = s && s->shape == PACK_ARRAY && s->members.n >= most;
		int64_t wait = f->not_before_ns > now ? f->not_before_ns : 0;
		if (c->gathering && cluster_may_share(c, f)) {
			wait = now + GATHER_NS; /* those that follow at once first */
		}
		wait = wait || s ? wait : waits_for_group(c, f, now);
		if (wait) {
			if (!*ret_next_ns || wait < *ret_next_ns) {
				*ret_next_ns = wait;
			}
		} else if (!s) {
			s = xcalloc(1, sizeof(*s));
			s->c = c;
			s->shape = shape_of(f);
		} else if (full || !goes_with(c, s, f, seconds)) {
			wait = 1;
		}
		if (wait) {
			c->queue.v[left++] = f;
			continue;
		}
		vec_push(&s->members, f);
		f->stage = FLIGHT_SENDING;
		seconds += f->wish.expected_s > 0 ? f->wish.expected_s : 0;
	}
	c->queue.n = left;
	return s;
}

/* --- what they share --------------------------------------------------------------- */

/* How long after its begin the script still begins jobs; negative: any time. */
static int64_t budget_of(const struct sending *s)
{
	const struct pack_wish *w = &s->members.v[0]->wish;
	int64_t n = (int64_t)s->members.n;
	switch (s->shape) {
	case PACK_GROUP:
		break;
	case PACK_BUNDLE:
		/* the last one has all of its own time */
		return w->runtime_s ? (n - 1) * w->runtime_s + 1 : -1;
	case PACK_FILL:
		return (int64_t)w->fill_s;
	case PACK_ARRAY:
		if (!w->runtime_s) {
			return GUESTS_UNKNOWN_S;
		}
		return w->runtime_s / GUESTS_PART < GUESTS_MOST_S
			       ? w->runtime_s / GUESTS_PART
			       : GUESTS_MOST_S;
	}
	return -1;
}

/* The places of those that a member must come after. Returns owned. */
static uint32_t *places_before(
	struct cluster *c, const struct pack *p, const struct flight *f, uint32_t *ret_n)
{
	uint32_t *list = xcalloc(f->after_count, sizeof(*list));
	*ret_n = 0;
	for (uint32_t i = 0; i < f->after_count; i++) {
		const struct flight *before = cluster_flight_of_job(c, f->after[i]);
		if (before && before->pack == p) {
			list[(*ret_n)++] = before->seat;
		}
	}
	return list;
}

void cluster_pack_make(struct cluster *c, struct sending *s, struct strbuf *script)
{
	uint32_t n = (uint32_t)s->members.n;
	struct pack *p = xcalloc(1, sizeof(*p));
	struct pack_job *jobs = xcalloc(n, sizeof(*jobs));
	*p = (struct pack){
		.shape = s->shape, .tag = xstrdup(s->tag), .size = n, .left = n};
	s->pack = p;
	for (uint32_t i = 0; i < n; i++) {
		struct flight *f = s->members.v[i];
		f->pack = p;
		f->seat = f->ran_seat = i;
		f->runner_known = false;
	}
	for (uint32_t i = 0; i < n; i++) {
		struct flight *f = s->members.v[i];
		jobs[i].tag = f->entry.tag;
		jobs[i].after = places_before(c, p, f, &jobs[i].after_count);
	}
	struct jobscript_options o = cluster_script_options(c);
	struct pack_script text = {.tag = s->tag,
		.jobs = jobs,
		.count = n,
		.array = s->shape == PACK_ARRAY,
		.from_zero = c->o.array_from_zero,
		.budget_s = budget_of(s)};
	pack_script_write(script, &o, &text);
	for (uint32_t i = 0; i < n; i++) {
		free(jobs[i].after);
	}
	free(jobs);
}

/* Nobody needs it any more. */
static void free_pack(struct cluster *c, struct pack *p, bool end)
{
	bool keep = false;
	for (size_t i = 0; i < p->over.n; i++) {
		char *name = p->over.v[i];
		if (end) {
			cluster_remove_files(c->dir, name + 1, name[0] == '+');
			keep = keep || name[0] == '+';
		}
		free(name);
	}
	if (end && p->taken) {
		cluster_take_back(c, p->id); /* members that would find nothing to do */
	}
	if (end) {
		cluster_remove_files(c->dir, p->tag, keep);
	}
	vec_release(&p->over);
	free(p->tag);
	free(p->id);
	free(p);
}

void cluster_leave_pack(struct cluster *c, struct flight *f, bool end, bool keep)
{
	struct pack *p = f->pack;
	char *name = end ? xasprintf("%c%s", keep ? '+' : '-', f->entry.tag) : NULL;
	if (p && end) {
		cluster_find_runner(c, f);
	}
	f->pack = NULL;
	if (p) {
		p->left--;
		p->taken |= f->ran_seat != f->seat;
	}
	if (f->counted && (!p || p->shape == PACK_ARRAY || p->left == 0)) {
		c->in_flight--;
		if (c->queue.n) {
			cluster_pump_soon(c, 0);
		}
	}
	f->counted = false;
	if (name && p) {
		vec_push(&p->over, name);
	} else if (name && f->adopted) {
		vec_push(&c->late, name); /* it may be one of several */
	} else if (name) {
		cluster_remove_files(c->dir, f->entry.tag, keep);
		free(name);
	}
	if (p && p->left == 0) {
		free_pack(c, p, end);
	}
}

/* --- where they run ---------------------------------------------------------------- */

char *cluster_member_id(const struct cluster *c, const char *id, uint32_t seat)
{
	struct strbuf out = STRBUF_INIT;
	const char *bracket = strchr(id, '['); /* PBS: 123[].server */
	for (const char *p = c->o.array_id; *p; p++) {
		if (strncmp(p, "{id}", 4) == 0) {
			strbuf_add(
				&out, id, bracket ? (size_t)(bracket - id) : strlen(id));
			p += 3;
		} else if (strncmp(p, "{n}", 3) == 0) {
			strbuf_addu64(&out, c->o.array_from_zero ? seat : seat + 1);
			p += 2;
		} else if (strncmp(p, "{rest}", 6) == 0) {
			const char *close = bracket ? strchr(bracket, ']') : NULL;
			strbuf_addstr(&out, close ? close + 1 : "");
			p += 5;
		} else {
			strbuf_addch(&out, *p);
		}
	}
	return strbuf_detach(&out, NULL);
}

bool cluster_find_runner(struct cluster *c, struct flight *f)
{
	struct strbuf id = STRBUF_INIT;
	struct pack *p = f->pack;
	int64_t place;
	bool moved = false;
	if (f->runner_known || !(f->adopted || (p && p->shape == PACK_ARRAY && p->id)) ||
		!cluster_runner(c->dir, f->entry.tag, &id, &place)) {
		strbuf_release(&id);
		return false;
	}
	f->runner_known = true;
	place -= !c->o.array_from_zero;
	if (p && place >= 0 && place < p->size) {
		f->ran_seat = (uint32_t)place;
		strbuf_release(&id);
		char *member = cluster_member_id(c, p->id, f->ran_seat);
		strbuf_addstr(&id, member);
		free(member);
	}
	if (cluster_id_is_good(strbuf_sv(&id)) &&
		(!f->entry.id || strcmp(f->entry.id, id.buf) != 0)) {
		free(f->entry.id);
		f->entry.id = strbuf_detach(&id, NULL);
		cluster_journal_id(&c->journal, f->entry.tag, f->entry.id);
		moved = true;
	}
	strbuf_release(&id);
	return moved;
}

bool cluster_is_guest(const struct flight *f)
{
	return f->pack && f->ran_seat != f->seat;
}
