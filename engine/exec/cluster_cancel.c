/* Ends that are asked for: by the user, or because something before a job failed. */
#include "exec/cluster_impl.h"
#include "sys/loop.h"

#define CANCEL_PATIENCE_NS (30 * NS_PER_S)

static void send_cancels(void *ctx);

void cluster_cancel_soon(struct cluster *c)
{
	if (!c->cancel_timer && !c->cancel_command) {
		c->cancel_timer = loop_add_timer(c->o.loop, 0, send_cancels, c);
	}
}

/* Those that were cancelled and have not begun can be let go at once: the claim is ours. */
static void on_cancelled(void *ctx, int status, struct strview out, struct strview err)
{
	struct cluster *c = ctx;
	(void)status; /* some had ended: that is no error */
	(void)out;
	(void)err;
	c->cancel_command = NULL;
	for (size_t i = 0; i < c->flights.n; i++) {
		struct flight *f = c->flights.v[i];
		if (!f || f->stage != FLIGHT_LIVE || !f->cancel_sent) {
			continue;
		}
		if (cluster_claim(c->dir, f->entry.tag)) {
			cluster_finish(c, f, JOB_CANCELLED, 0, NULL, NULL);
		}
	}
	/* the others: the scheduler is asked at once */
	c->cancelling = true;
	c->cancel_until_ns = cluster_now() + CANCEL_PATIENCE_NS;
	c->next_status_ns = cluster_now() + NS_PER_S / 5;
	loop_remove(c->o.loop, c->poll_timer);
	c->poll_timer = 0;
	cluster_poll_soon(c);
	for (size_t i = 0; i < c->flights.n; i++) {
		struct flight *f = c->flights.v[i];
		if (f && f->cancelled && !f->cancel_sent && f->stage == FLIGHT_LIVE) {
			cluster_cancel_soon(c);
			break;
		}
	}
}

/* Those that were not sent yet are over without a word to the scheduler. */
static void drop_unsent(struct cluster *c)
{
	VEC(struct flight *) gone = {0};
	size_t left = 0;
	for (size_t i = 0; i < c->queue.n; i++) {
		struct flight *f = c->queue.v[i];
		if (f->cancelled) {
			vec_push(&gone, f);
		} else {
			c->queue.v[left++] = f;
		}
	}
	c->queue.n = left;
	for (size_t i = 0; i < c->flights.n; i++) {
		struct flight *f = c->flights.v[i];
		if (f && f->cancelled && f->stage == FLIGHT_BEHIND) {
			vec_push(&gone, f);
		}
	}
	for (size_t i = 0; i < gone.n; i++) {
		gone.v[i]->before = NULL;
		cluster_finish(c, gone.v[i], JOB_CANCELLED, 0, NULL, NULL);
	}
	vec_release(&gone);
}

/* One command for all that are to end. */
static void send_cancels(void *ctx)
{
	struct cluster *c = ctx;
	VEC(const char *) ids = {0};
	uint32_t deaf = 0;
	c->cancel_timer = 0;
	drop_unsent(c);
	for (size_t i = 0; i < c->flights.n; i++) {
		struct flight *f = c->flights.v[i];
		if (!f || f->stage != FLIGHT_LIVE || !f->cancelled || f->cancel_sent) {
			continue;
		}
		if (!c->o.commands.cancel || !f->entry.id) {
			if (cluster_claim(c->dir, f->entry.tag)) {
				cluster_finish(c, f, JOB_CANCELLED, 0, NULL, NULL);
			} else {
				deaf++;
			}
		} else if (ids.n < IDS_A_CALL) {
			cluster_find_runner(c, f);
			f->cancel_sent = true;
			cluster_journal_cancel(&c->journal, f->entry.tag);
			bool known = false; /* members of a bundle share one */
			for (size_t k = ids.n; k-- > 0 && !known;) {
				known = strcmp(ids.v[k], f->entry.id) == 0;
			}
			if (!known) {
				vec_push(&ids, f->entry.id);
			}
		}
	}
	if (deaf) {
		cluster_say(c,
			"%u jobs cannot be cancelled: there is no --cluster-cancel; "
			"Ctrl-C again leaves them to run",
			deaf);
	}
	cluster_journal_sync(&c->journal, false);
	if (ids.n) {
		struct strbuf text = STRBUF_INIT, error = STRBUF_INIT;
		if (c->o.commands.cancel(c->o.commands.ctx, ids.v, (uint32_t)ids.n, &text,
			    &error) == 0) {
			struct cluster_command_options o = {.loop = c->o.loop,
				.text = text.buf,
				.envp = c->envp,
				.spill_dir = c->dir,
				.timeout_ns = COMMAND_TIMEOUT_NS,
				.ended = on_cancelled,
				.ctx = c};
			c->cancel_command = cluster_command_start(&o);
		} else {
			cluster_say(
				c, "the cancel command cannot be made: %s", error.buf);
		}
		strbuf_release(&text);
		strbuf_release(&error);
	}
	vec_release(&ids);
}

static void on_taken_back(void *ctx, int status, struct strview out, struct strview err)
{
	struct cluster *c = ctx;
	(void)status;
	(void)out;
	(void)err;
	c->take_back = NULL;
}

void cluster_take_back(struct cluster *c, const char *id)
{
	struct strbuf text = STRBUF_INIT, error = STRBUF_INIT, path = STRBUF_INIT;
	if (c->o.commands.cancel && id &&
		c->o.commands.cancel(c->o.commands.ctx, &id, 1, &text, &error) == 0) {
		cluster_path(&path, c->dir, c->run_tag, "cancel");
		struct cluster_command_options o = {.loop = c->o.loop,
			.text = text.buf,
			.envp = c->envp,
			.out_path = path.buf, /* it outlives us */
			.spill_dir = c->dir,
			.timeout_ns = COMMAND_TIMEOUT_NS,
			.ended = on_taken_back,
			.ctx = c};
		cluster_command_free(c->take_back);
		c->take_back = cluster_command_start(&o);
	}
	strbuf_release(&text);
	strbuf_release(&error);
	strbuf_release(&path);
}

void cluster_cancel(struct executor *x, uint32_t job, bool hard)
{
	struct cluster *c = (struct cluster *)x;
	struct flight *f = cluster_flight_of_job(c, job);
	if (!f) {
		c->o.local->ops->cancel(c->o.local, job, hard);
		return;
	}
	f->cancelled = true;
	cluster_cancel_soon(c);
}

/* --- behind a job that failed ------------------------------------------------------ */

static void drop_now(void *ctx)
{
	struct cluster *c = ctx;
	c->drop_timer = 0;
	for (size_t i = 0; i < c->flights.n; i++) {
		struct flight *f = c->flights.v[i];
		if (!f || !f->dropped || f->stage == FLIGHT_SENDING) {
			continue; /* what is being sent is looked at when it is there */
		}
		f->dropped = false;
		if (f->stage == FLIGHT_QUEUED) {
			cluster_unqueue(c, f);
			cluster_finish(c, f, JOB_UNBEGUN, 0, NULL, NULL);
		} else if (f->stage == FLIGHT_LIVE &&
			   cluster_claim(c->dir, f->entry.tag)) {
			cluster_finish(c, f, JOB_UNBEGUN, 0, NULL, NULL);
		}
	}
}

void cluster_drop_soon(struct cluster *c)
{
	if (!c->drop_timer) {
		c->drop_timer = loop_add_timer(c->o.loop, 0, drop_now, c);
	}
}

void cluster_drop_behind(struct cluster *c, uint32_t job)
{
	for (size_t i = 0; c->ordered && i < c->flights.n; i++) {
		struct flight *f = c->flights.v[i];
		for (uint32_t k = 0; f && k < f->after_count; k++) {
			if (f->after[k] == job && f->stage != FLIGHT_OVER) {
				f->dropped = true;
				cluster_drop_soon(c);
			}
		}
	}
}
