/* How jobs end: status files first, then what the scheduler says of those that are
 * silent. */
#include <errno.h>
#include <unistd.h>

#include "base/hash.h"
#include "exec/cluster_impl.h"
#include "sys/loop.h"

enum { CALL_BYTES_MOST = 100 * 1024, MISSING_CALLS = 3, WORD_MOST = 200 };

static void poll_now(void *ctx);
static void give_verdicts(void *ctx);

static int64_t status_interval(const struct cluster *c)
{
	return (int64_t)((double)NS_PER_S / c->o.statuses_per_second);
}

void cluster_poll_soon(struct cluster *c)
{
	if (c->o.commands.status && !c->poll_timer && !c->status_command && c->live) {
		c->poll_timer = loop_add_timer(c->o.loop, c->next_status_ns, poll_now, c);
	}
}

static void verdict_at(struct cluster *c, int64_t at_ns)
{
	if (!c->verdict_timer) {
		c->verdict_timer = loop_add_timer(c->o.loop, at_ns, give_verdicts, c);
	}
}

/* How long a status file may take to show up after its job's end. */
static int64_t grace(const struct cluster *c)
{
	return c->o.latency_ns > NS_PER_S ? c->o.latency_ns : NS_PER_S;
}

void cluster_went_live(struct cluster *c, struct flight *f)
{
	struct jobscript_status status;
	f->stage = FLIGHT_LIVE;
	if (c->live++ == 0 && c->next_status_ns < cluster_now() + status_interval(c)) {
		c->next_status_ns = cluster_now() + status_interval(c);
	}
	cluster_watch_wanted(c->watch, true);
	if (cluster_read_status(c->dir, f->entry.tag, &status) == 0) {
		cluster_status_came(c, f);
		return;
	}
	if (f->cancelled) {
		c->base.ops->cancel(&c->base, f->job, false);
	}
	if (f->dropped) {
		cluster_drop_soon(c);
	}
	cluster_poll_soon(c);
}

/* "the scheduler says TIMEOUT (job 12)", or "" where it said nothing. */
static void add_word_of(struct strbuf *out, const struct flight *f)
{
	if (f->word) {
		strbuf_addf(out, "the scheduler says %s (job %s)", f->word,
			f->entry.id ? f->entry.id : "?");
	}
}

/* It was killed with the member of an array that had taken it up, maybe for the time that
 * this one had run before: that is no attempt. True: it goes again, by itself. */
static bool sent_home(struct cluster *c, struct flight *f)
{
	cluster_find_runner(c, f);
	if (!cluster_is_guest(f) || f->cancelled || f->hidden) {
		return false;
	}
	cluster_say(c,
		"job %s was ended by the scheduler, which says %s: what it did in "
		"another's place is submitted again",
		f->entry.id, f->word);
	cluster_claim_by_force(c->dir, f->entry.tag);
	f->alone = true;
	f->dying = false;
	cluster_revive(c, f);
	return true;
}

/* The run before this one had it cancelled and did not wait: that is no failure of the
 * job. True: it goes again. */
static bool was_cancelled_before(struct cluster *c, struct flight *f)
{
	if (!f->adopted || !f->entry.cancelled || f->cancelled || f->hidden) {
		return false;
	}
	cluster_say(c, "job %s was cancelled by the run before: it is submitted again",
		f->entry.id);
	cluster_claim_by_force(c->dir, f->entry.tag);
	cluster_revive(c, f);
	return true;
}

/* The command's exit status is believed. */
static void end_by_status(struct cluster *c, struct flight *f)
{
	const struct jobscript_status *s = &f->status;
	enum job_outcome outcome = JOB_EXIT;
	struct strbuf text = STRBUF_INIT;
	if (s->code > 128 && was_cancelled_before(c, f)) {
		return;
	}
	if (f->cancelled && s->code) {
		outcome = JOB_CANCELLED;
	} else if (s->code == 0) {
		outcome = JOB_OK;
	} else if (s->code == 124 && f->timeout_s > 0 &&
		   s->usage.seconds >= (double)f->timeout_s * 0.9) {
		outcome = JOB_TIMEOUT;
	} else if (f->dying && (f->last == CLUSTER_FAILED || f->last == CLUSTER_LOST)) {
		if (sent_home(c, f)) {
			return;
		}
		add_word_of(&text, f);
	}
	cluster_finish(c, f, outcome, s->code, text.len ? text.buf : NULL, &s->usage);
	strbuf_release(&text);
}

void cluster_status_came(struct cluster *c, struct flight *f)
{
	if (f->dying || cluster_read_status(c->dir, f->entry.tag, &f->status) != 0) {
		return;
	}
	if (f->status.code <= 128 || f->cancelled || !c->o.commands.status ||
		!f->entry.id) {
		end_by_status(c, f);
		return;
	}
	/* killed: by whom, and will the scheduler run it again? */
	f->dying = true;
	f->dying_ns = cluster_now();
	cluster_poll_soon(c);
	verdict_at(c, f->dying_ns + DYING_NS);
}

/* The scheduler has ended it, and it left no status. */
static void end_by_word(struct cluster *c, struct flight *f)
{
	struct strbuf text = STRBUF_INIT;
	bool never_began = cluster_claim(c->dir, f->entry.tag);
	if (!never_began && cluster_find_runner(c, f)) {
		f->gone_ns = 0; /* it runs elsewhere than was asked for */
		cluster_poll_soon(c);
		return;
	}
	if (f->cancelled) {
		cluster_claim_by_force(c->dir, f->entry.tag);
		cluster_finish(c, f, JOB_CANCELLED, 0, NULL, NULL);
		return;
	}
	if (was_cancelled_before(c, f)) {
		return;
	}
	if (never_began && f->after_count && !f->pack) {
		cluster_finish(c, f, JOB_UNBEGUN, 0, NULL, NULL); /* of an earlier run */
		return;
	}
	if (never_began && (f->last == CLUSTER_LOST || f->pack)) {
		if (!f->pack) {
			cluster_say(c,
				"job %s never began: the scheduler says %s; it is "
				"submitted again",
				f->entry.id, f->word ? f->word : "nothing");
			/* it may be held there */
			cluster_take_back(c, f->entry.id);
		}
		cluster_revive(c, f);
		return;
	}
	if (!never_began && f->last != CLUSTER_SUCCESS && sent_home(c, f)) {
		return;
	}
	cluster_claim_by_force(c->dir, f->entry.tag);
	add_word_of(&text, f);
	if (f->last == CLUSTER_LOST && !(f->pack && f->pack->shape != PACK_ARRAY)) {
		cluster_take_back(c, f->entry.id); /* it may be held there */
	}
	if (f->last == CLUSTER_SUCCESS) {
		strbuf_addf(&text,
			", but it left no exit status: %s/%s.status is not to be "
			"seen after %d s",
			c->o.dir, f->entry.tag, (int)(grace(c) / NS_PER_S));
		cluster_finish(c, f, JOB_LOST, 0, text.buf, NULL);
	} else {
		cluster_finish(c, f, JOB_KILLED, 0, text.buf, NULL);
	}
	strbuf_release(&text);
}

/* The scheduler has not known it for long enough. */
static void end_unknown(struct cluster *c, struct flight *f)
{
	struct strbuf text = STRBUF_INIT;
	if (!f->cancelled && cluster_claim(c->dir, f->entry.tag)) {
		cluster_say(c,
			"the scheduler does not know job %s, and it never began; it "
			"is submitted again",
			f->entry.id ? f->entry.id : f->entry.tag);
		cluster_revive(c, f);
		return;
	}
	if (was_cancelled_before(c, f)) {
		return;
	}
	cluster_claim_by_force(c->dir, f->entry.tag);
	strbuf_addf(&text,
		"the scheduler does not know job %s any more, and it left no exit "
		"status",
		f->entry.id ? f->entry.id : f->entry.tag);
	cluster_finish(c, f, f->cancelled ? JOB_CANCELLED : JOB_LOST, 0, text.buf, NULL);
	strbuf_release(&text);
}

/* Ends those whose time is up; when the next one's is. */
static void give_verdicts(void *ctx)
{
	struct cluster *c = ctx;
	int64_t now = cluster_now(), next = 0;
	c->verdict_timer = 0;
	cluster_watch_look(c->watch);
	for (size_t i = 0; i < c->flights.n; i++) {
		struct flight *f = c->flights.v[i];
		if (!f || f->stage != FLIGHT_LIVE) {
			continue;
		}
		int64_t at = f->dying     ? f->dying_ns + DYING_NS
			     : f->gone_ns ? f->gone_ns + grace(c)
					  : 0;
		if (at && at <= now) {
			if (f->dying) {
				end_by_status(c, f);
			} else {
				end_by_word(c, f);
			}
		} else if (at && (!next || at < next)) {
			next = at;
		}
	}
	if (next) {
		verdict_at(c, next);
	}
}

/* It would never start, or never end, by itself. */
static void end_stuck(struct cluster *c, struct flight *f)
{
	struct strbuf text = STRBUF_INIT;
	cluster_take_back(c, f->entry.id);
	cluster_claim_by_force(c->dir, f->entry.tag);
	add_word_of(&text, f);
	strbuf_addstr(&text, " and would leave it so; it was taken back");
	cluster_finish(c, f, JOB_KILLED, 0, text.buf, NULL);
	strbuf_release(&text);
}

static void set_word(struct flight *f, const struct status_line *line)
{
	struct strbuf word = STRBUF_INIT;
	strbuf_addsv(&word, line->state);
	if (line->reason.n && !sv_eq_str(line->reason, "None") &&
		!sv_eq(line->reason, line->state)) {
		strbuf_addf(&word, ": " SV_FMT, SV_ARG(line->reason));
	}
	if (line->exit > 0) {
		strbuf_addf(&word, ", exit %d", line->exit);
	}
	if (word.len > WORD_MOST) {
		strbuf_setlen(&word, WORD_MOST);
	}
	free(f->word);
	f->word = strbuf_detach(&word, NULL);
}

/* The scheduler did not name the job in a call that worked. */
static void not_named(struct cluster *c, struct flight *f)
{
	int64_t now = cluster_now();
	if (f->missing++ == 0) {
		f->missing_ns = now;
	}
	if (f->dying) {
		end_by_status(c, f);
	} else if (f->cancelled && f->cancel_sent) {
		end_unknown(c, f);
	} else if (f->missing >= MISSING_CALLS && now - f->missing_ns >= c->o.lost_ns) {
		end_unknown(c, f);
	}
}

/* It is in the queue or runs. */
static void is_alive(struct cluster *c, struct flight *f, enum cluster_state state)
{
	struct jobscript_status status;
	f->gone_ns = 0;
	if (state == CLUSTER_HELD && !f->told_held && !f->cancelled) {
		cluster_say(c,
			"job %s (%s) is held: the scheduler says %s; it waits until it "
			"is released, or cancelled",
			f->entry.id, f->rule, f->word);
	}
	f->told_held = state == CLUSTER_HELD;
	if (state == CLUSTER_RUNNING) {
		f->told_back = false;
	} else if (!f->told_back && cluster_has_begun(c->dir, f->entry.tag)) {
		cluster_say(c,
			"job %s was put back into the queue: the scheduler says %s",
			f->entry.id, f->word);
		f->told_back = true;
	}
	if (!f->dying) {
		return;
	}
	if (state == CLUSTER_RUNNING && f->pack) {
		end_by_status(c, f); /* its command was killed, not the submission */
	} else if (state != CLUSTER_RUNNING) {
		char *path = xasprintf("%s/%s.status", c->dir, f->entry.tag);
		unlink(path);
		free(path);
		f->dying = false;
	} else if (cluster_read_status(c->dir, f->entry.tag, &status) != 0) {
		f->dying = false; /* it runs again and has taken its status away */
	}
}

/* What a line means for its job. */
static void apply(struct cluster *c, struct flight *f, const struct status_line *line)
{
	enum cluster_state state =
		state_map_look(&c->o.states, line->state, line->reason);
	f->missing = 0;
	f->seen = true;
	if (cluster_find_runner(c, f)) {
		return; /* it has begun elsewhere meanwhile: this is not about it */
	}
	if (state == CLUSTER_UNKNOWN) {
		if (!f->word) {
			cluster_say(c,
				"the status command says \"" SV_FMT
				"\" of job %s, a word that the profile's states do not "
				"have; the job counts as running",
				SV_ARG(line->state), f->entry.id);
		}
		set_word(f, line);
		return;
	}
	f->last = state;
	set_word(f, line);
	switch (state) {
	case CLUSTER_UNKNOWN:
	case CLUSTER_WAITING:
	case CLUSTER_HELD:
	case CLUSTER_RUNNING:
		is_alive(c, f, state);
		return;
	case CLUSTER_STUCK:
		end_stuck(c, f);
		return;
	case CLUSTER_SUCCESS:
	case CLUSTER_FAILED:
	case CLUSTER_LOST:
		break;
	}
	if (f->dying) {
		end_by_status(c, f);
	} else if (!f->gone_ns) {
		f->gone_ns = cluster_now();
		verdict_at(c, f->gone_ns + (f->cancelled ? 0 : grace(c)));
	}
}

/* Whether a line's id is that of a job: "123" for "123.server" too. */
static bool same_id(struct strview said, const char *id)
{
	struct strview ours = sv_from(id);
	if (sv_eq(said, ours)) {
		return true;
	}
	return said.n < ours.n && sv_starts(ours, said) && ours.p[said.n] == '.' &&
	       !memchr(said.p, '.', said.n) && !strchr(id + said.n + 1, '-') &&
	       (ours.p[said.n + 1] < '0' || ours.p[said.n + 1] > '9');
}

/* Hands the lines to their jobs. */
static void read_states(struct cluster *c, struct strview out)
{
	VEC(struct status_line) lines = {0};
	struct status_line line;
	struct hashmap by_id;
	hashmap_init(&by_id);
	while (status_line_next(&out, &line)) {
		vec_push(&lines, line);
	}
	for (size_t i = lines.n; i-- > 0;) { /* the first line of an id counts */
		hashmap_set(
			&by_id, hash64(lines.v[i].id.p, lines.v[i].id.n), (uint32_t)i);
	}
	for (size_t a = 0; a < c->asked.n; a++) {
		struct flight *f = c->asked.v[a];
		const struct status_line *found = NULL;
		if (!f || f->stage != FLIGHT_LIVE || !f->entry.id) {
			continue;
		}
		uint32_t at =
			hashmap_get(&by_id, hash64(f->entry.id, strlen(f->entry.id)));
		if (at != HASHMAP_NONE && same_id(lines.v[at].id, f->entry.id)) {
			found = &lines.v[at];
		}
		bool alone = c->o.commands.status_one_by_one || c->asked.n == 1;
		/* an id that may be told without its ".server" */
		bool search = alone || strchr(f->entry.id, '.');
		for (size_t i = 0; i < lines.n && !found && search; i++) {
			bool bare = !lines.v[i].id.n && alone;
			if (bare || same_id(lines.v[i].id, f->entry.id)) {
				found = &lines.v[i];
			}
		}
		if (found && found->name.n && !sv_eq_str(found->name, f->entry.name)) {
			found = NULL; /* another job has this number now */
		}
		if (found) {
			apply(c, f, found);
		} else {
			not_named(c, f);
		}
	}
	hashmap_release(&by_id);
	vec_release(&lines);
}

static void on_status(void *ctx, int status, struct strview out, struct strview err)
{
	struct cluster *c = ctx;
	c->status_command = NULL;
	/* files first: what came while the scheduler was asked */
	cluster_watch_look(c->watch);
	if (status == 0) {
		if (c->status_failures >= 3) {
			cluster_say(c, "the status command answers again");
		}
		c->status_failures = 0;
		read_states(c, out);
	} else if (++c->status_failures == 3) {
		const char *nl = err.n ? memchr(err.p, '\n', err.n) : NULL;
		size_t n = nl ? (size_t)(nl - err.p) : err.n;
		cluster_say(c,
			"the status command has failed 3 times (%s%d): %.*s; until it "
			"answers jobs are known by their files alone",
			status < 0 ? "timeout " : "exit status ", status,
			(int)(n > WORD_MOST ? WORD_MOST : n), err.n ? err.p : "");
	}
	vec_clear(&c->asked);
	if (c->cancelling && cluster_now() < c->cancel_until_ns) {
		c->next_status_ns = cluster_now() + NS_PER_S;
	}
	cluster_poll_soon(c);
}

/* The ids to ask for: all, or one after the other, the dying ones first. */
static void choose_asked(struct cluster *c)
{
	size_t bytes = 0;
	vec_clear(&c->asked);
	for (size_t i = 0; i < c->flights.n && bytes < CALL_BYTES_MOST; i++) {
		struct flight *f = c->flights.v[(c->one_by_one + i) % c->flights.n];
		if (!f || f->stage != FLIGHT_LIVE || !f->entry.id) {
			continue;
		}
		cluster_find_runner(c, f);
		if (c->o.commands.status_one_by_one) {
			if (c->asked.n == 0) {
				vec_push(&c->asked, f);
			} else if (f->dying && !c->asked.v[0]->dying) {
				c->asked.v[0] = f;
			}
			continue;
		}
		bytes += strlen(f->entry.id) + 1;
		vec_push(&c->asked, f);
	}
	c->one_by_one++;
}

static void poll_now(void *ctx)
{
	struct cluster *c = ctx;
	c->poll_timer = 0;
	if (c->status_command || !c->live) {
		return;
	}
	choose_asked(c);
	if (!c->asked.n) {
		return;
	}
	struct strbuf text = STRBUF_INIT, error = STRBUF_INIT;
	const char **ids = xcalloc(c->asked.n, sizeof(*ids));
	uint32_t n = 0;
	for (size_t i = 0; i < c->asked.n; i++) {
		const char *id = c->asked.v[i]->entry.id;
		if (!n || strcmp(ids[n - 1], id) != 0) { /* those of a pack share one */
			ids[n++] = id;
		}
	}
	c->next_status_ns = cluster_now() + status_interval(c);
	if (c->o.commands.status(c->o.commands.ctx, ids, n, &text, &error) == 0) {
		struct cluster_command_options o = {.loop = c->o.loop,
			.text = text.buf,
			.envp = c->envp,
			.spill_dir = c->dir,
			.timeout_ns = COMMAND_TIMEOUT_NS,
			.ended = on_status,
			.ctx = c};
		c->status_command = cluster_command_start(&o);
	} else {
		cluster_say(c, "the status command cannot be made: %s", error.buf);
	}
	if (!c->status_command) {
		cluster_poll_soon(c);
	}
	free(ids);
	strbuf_release(&text);
	strbuf_release(&error);
}
