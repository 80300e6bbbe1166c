#include "exec/executor_cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/hash.h"
#include "exec/cluster_impl.h"
#include "sys/fs.h"
#include "sys/loop.h"

enum { OUTPUT_MOST = 256 * 1024, LOG_MOST = 4 * 1024 };

static struct cluster *cluster_of(struct executor *x)
{
	return (struct cluster *)x;
}

void cluster_say(struct cluster *c, const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	c->o.say(c->o.say_ctx, text.buf);
	strbuf_release(&text);
}

void cluster_run_tag(char ret[CLUSTER_RUN_TAG])
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	uint64_t x;
	if (getrandom(&x, sizeof(x), 0) != (ssize_t)sizeof(x)) {
		x = (uint64_t)clock_wall_ns(&clock_real) * 2654435761U +
		    (uint64_t)getpid();
	}
	ret[0] = 'c';
	for (int i = 1; i < CLUSTER_RUN_TAG - 1; i++) {
		ret[i] = digits[x % 36];
		x /= 36;
	}
	ret[CLUSTER_RUN_TAG - 1] = '\0';
}

/* --- flights ----------------------------------------------------------------------- */

void cluster_flight_add(struct cluster *c, struct flight *f)
{
	if (!f->place) {
		if (c->free_places.n) {
			f->place = vec_pop(&c->free_places);
			c->flights.v[f->place - 1] = f;
		} else {
			vec_push(&c->flights, f);
			f->place = (uint32_t)c->flights.n;
		}
	}
	hashmap_set(&c->by_tag, hash64(f->entry.tag, strlen(f->entry.tag)), f->place);
	if (f->stage != FLIGHT_FOUND || f->rule) {
		hashmap_set(&c->by_job, f->job, f->place);
	}
}

static struct flight *cluster_flight_of_tag(struct cluster *c, const char *tag)
{
	uint32_t place = hashmap_get(&c->by_tag, hash64(tag, strlen(tag)));
	struct flight *f = place == HASHMAP_NONE ? NULL : c->flights.v[place - 1];
	return f && strcmp(f->entry.tag, tag) == 0 ? f : NULL;
}

struct flight *cluster_flight_of_job(struct cluster *c, uint32_t job)
{
	uint32_t place = hashmap_get(&c->by_job, job);
	struct flight *f = place == HASHMAP_NONE ? NULL : c->flights.v[place - 1];
	bool of_it = f && f->job == job && f->stage != FLIGHT_FOUND && !f->hidden;
	return of_it ? f : NULL;
}

static void free_flight(struct flight *f)
{
	struct cluster_entries one = {0};
	vec_push(&one.list, f->entry);
	cluster_entries_release(&one);
	free(f->rule);
	free(f->after);
	free(f->shape);
	free(f->word);
	free(f);
}

/* Takes it out of all lists. */
static void forget_flight(struct cluster *c, struct flight *f)
{
	c->flights.v[f->place - 1] = NULL;
	vec_push(&c->free_places, f->place);
	if (f->stage == FLIGHT_LIVE) {
		c->live--;
	}
	for (size_t i = 0; i < c->asked.n; i++) {
		if (c->asked.v[i] == f) {
			c->asked.v[i] = NULL;
		}
	}
	for (size_t i = 0; c->behind && i < c->flights.n; i++) {
		struct flight *g = c->flights.v[i];
		if (g && g->before == f) {
			g->before = NULL;
			c->behind--;
			cluster_queue(c, g);
		}
	}
	c->ordered -= f->after_count > 0;
	cluster_watch_wanted(c->watch, c->live > 0);
}

/* What the job printed, and, where it did not end well, what its scheduler wrote. */
static void read_output(struct cluster *c, const struct flight *f, bool with_log,
	struct strbuf *out, uint64_t *ret_size)
{
	struct strbuf path = STRBUF_INIT, log = STRBUF_INIT;
	struct fs_stat st;
	cluster_path(&path, c->dir, f->entry.tag, "out");
	*ret_size = fs_stat(AT_FDCWD, path.buf, &st) == 0 ? st.size : 0;
	fs_read_tail(path.buf, OUTPUT_MOST, out);
	if (with_log) {
		strbuf_reset(&path);
		cluster_path(&path, c->dir, f->pack ? f->pack->tag : f->entry.tag, "log");
		fs_read_tail(path.buf, LOG_MOST, &log);
		strbuf_addsv(out, strbuf_sv(&log));
		*ret_size += log.len;
	}
	strbuf_release(&path);
	strbuf_release(&log);
}

void cluster_finish(struct cluster *c, struct flight *f, enum job_outcome outcome,
	int code, const char *text, const struct job_usage *usage)
{
	struct strbuf output = STRBUF_INIT;
	struct job_result result = {.job = f->job,
		.attempt = f->attempt,
		.outcome = outcome,
		.code = code,
		.text = text};
	if (usage) {
		result.usage = *usage;
	} else {
		result.usage.start_ns = result.usage.end_ns = clock_wall_ns(&clock_real);
	}
	forget_flight(c, f);
	f->stage = FLIGHT_OVER;
	if (!f->hidden) {
		read_output(c, f, outcome != JOB_OK, &output, &result.output_size);
		result.output = strbuf_sv(&output);
	}
	if (outcome != JOB_OK) {
		cluster_drop_behind(c, f->job);
	}
	if (!f->hidden) {
		c->base.finished(c->base.ctx, &result);
	}
	/* only now that it is recorded: a run that is killed in between finds it again */
	cluster_journal_end(&c->journal, f->entry.tag);
	cluster_journal_sync(&c->journal, false);
	cluster_leave_pack(c, f, true, outcome != JOB_OK && !f->hidden);
	strbuf_release(&output);
	free_flight(f);
}

/* News of the watch. */
static void on_status_file(void *ctx, const char *tag)
{
	struct cluster *c = ctx;
	struct flight *f = cluster_flight_of_tag(c, tag);
	if (f && f->stage == FLIGHT_LIVE) {
		cluster_status_came(c, f);
	}
}

/* --- submit ------------------------------------------------------------------------ */

static struct flight *new_flight(struct cluster *c, const struct job_spec *spec)
{
	struct flight *f = xcalloc(1, sizeof(*f));
	f->job = spec->job;
	f->attempt = spec->attempt;
	f->timeout_s = spec->timeout_s;
	f->rule = xstrdup(spec->rule);
	f->entry.identity = job_identity_of(spec);
	f->entry.attempt = spec->attempt;
	for (uint32_t i = 0; i < spec->output_count; i++) {
		vec_push(&f->entry.outputs, xstrdup(spec->outputs[i].path));
	}
	cluster_new_tag(c, f);
	cluster_flight_add(c, f);
	cluster_set_wish(c, f, spec);
	return f;
}

static void cluster_submit(struct executor *x, const struct job_spec *spec)
{
	struct cluster *c = cluster_of(x);
	bool same = false;
	if (spec->kind == COMMAND_NONE ||
		(c->o.commands.is_local &&
			c->o.commands.is_local(c->o.commands.ctx, spec->job))) {
		c->o.local->finished = c->base.finished;
		c->o.local->ctx = c->base.ctx;
		c->o.local->ops->submit(c->o.local, spec);
		return;
	}
	struct flight *earlier = cluster_find_earlier(c, spec, &same);
	if (earlier && same) {
		cluster_adopt(c, earlier, spec);
		return;
	}
	struct flight *f = new_flight(c, spec);
	if (cluster_write_script(c, f, spec) < 0) {
		cluster_finish(c, f, JOB_NOT_STARTED, errno,
			"its script cannot be written to .cwflow/cluster", NULL);
		return;
	}
	if (earlier) {
		cluster_say(c,
			"job %s of an earlier run makes %s in another way: it is "
			"taken back first",
			earlier->entry.id ? earlier->entry.id : earlier->entry.tag,
			spec->output_count ? spec->outputs[0].path : spec->rule);
		f->stage = FLIGHT_BEHIND;
		f->before = earlier;
		c->behind++;
		c->found--;
		earlier->hidden = earlier->cancelled = true;
		earlier->rule = xstrdup(spec->rule);
		if (!earlier->entry.id) {
			cluster_find_id(c, earlier);
		}
		cluster_went_live(c, earlier);
		cluster_cancel_soon(c);
		return;
	}
	cluster_queue(c, f);
}

/* --- life -------------------------------------------------------------------------- */

/* What may be looked at by scripts that go on stays while one may. */
static void remove_late(struct cluster *c)
{
	for (size_t i = 0; i < c->late.n; i++) {
		char *name = c->late.v[i];
		if (!c->live) {
			cluster_remove_files(c->dir, name + 1, name[0] == '+');
		}
		free(name);
	}
	vec_release(&c->late);
}

static void cluster_free(struct executor *x)
{
	struct cluster *c = cluster_of(x);
	loop_remove(c->o.loop, c->pump_timer);
	loop_remove(c->o.loop, c->poll_timer);
	loop_remove(c->o.loop, c->cancel_timer);
	loop_remove(c->o.loop, c->verdict_timer);
	loop_remove(c->o.loop, c->drop_timer);
	cluster_sendings_release(c);
	cluster_command_free(c->status_command);
	cluster_command_free(c->cancel_command);
	cluster_command_free(c->take_back);
	cluster_watch_free(c->watch);
	cluster_settle_found(c);
	remove_late(c);
	cluster_journal_close(&c->journal);
	for (size_t i = 0; i < c->flights.n; i++) {
		if (c->flights.v[i]) {
			cluster_leave_pack(c, c->flights.v[i], false, false);
			free_flight(c->flights.v[i]);
		}
	}
	vec_release(&c->flights);
	vec_release(&c->free_places);
	vec_release(&c->queue);
	vec_release(&c->asked);
	hashmap_release(&c->by_tag);
	hashmap_release(&c->by_job);
	cluster_entries_release(&c->o.found);
	if (c->o.local) {
		c->o.local->ops->free(c->o.local);
	}
	free(c->envp);
	free(c->dir);
	free(c);
}

struct executor *executor_cluster_new(const struct cluster_options *o)
{
	static const struct executor_ops ops = {.name = "cluster",
		.submit = cluster_submit,
		.cancel = cluster_cancel,
		.free = cluster_free,
		.adopts = cluster_adopts,
		.flush = cluster_flush};
	struct cluster *c = xcalloc(1, sizeof(*c));
	c->base.ops = &ops;
	c->o = *o;
	hashmap_init(&c->by_tag);
	hashmap_init(&c->by_job);
	cluster_run_tag(c->run_tag);
	if (c->o.statuses_per_second <= 0) {
		c->o.statuses_per_second = 0.1;
	}
	if (c->o.array_most < 2) {
		c->o.array_id = NULL;
	}
	c->dir = o->dir[0] == '/' ? xstrdup(o->dir)
				  : xasprintf("%s/%s", o->workdir, o->dir);
	c->envp = cluster_command_environment(o->environ_from);
	c->journal.fd = -1;
	strbuf_init(&c->journal.pending);
	if (fs_make_dirs(AT_FDCWD, c->dir) < 0 ||
		cluster_journal_open(&c->journal, c->dir, &o->found) < 0) {
		int err = errno;
		c->o.local = NULL; /* not taken */
		c->o.found = (struct cluster_entries){0};
		cluster_free(&c->base);
		errno = err;
		return NULL;
	}
	cluster_tidy(c);
	c->watch = cluster_watch_new(o->loop, c->dir, on_status_file, c);
	cluster_take_found(c);
	return &c->base;
}

uint32_t executor_cluster_live(const struct executor *x)
{
	const struct cluster *c = (const struct cluster *)x;
	return c->live;
}
