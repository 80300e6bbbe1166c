#include "exec/executor_cluster.h"

#include <dirent.h>
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

#define CANCEL_PATIENCE_NS (30 * NS_PER_S)
#define GATHER_NS (100 * NS_PER_MS) /* for the members of an array */

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
}

struct flight *cluster_flight_of_tag(struct cluster *c, const char *tag)
{
	uint32_t place = hashmap_get(&c->by_tag, hash64(tag, strlen(tag)));
	struct flight *f = place == HASHMAP_NONE ? NULL : c->flights.v[place - 1];
	return f && strcmp(f->entry.tag, tag) == 0 ? f : NULL;
}

static struct flight *flight_of_job(struct cluster *c, uint32_t job)
{
	for (size_t i = 0; i < c->flights.n; i++) {
		struct flight *f = c->flights.v[i];
		if (f && f->job == job && f->stage != FLIGHT_FOUND && !f->hidden) {
			return f;
		}
	}
	return NULL;
}

static void free_flight(struct flight *f)
{
	struct cluster_entries one = {0};
	vec_push(&one.list, f->entry);
	cluster_entries_release(&one);
	free(f->rule);
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
	for (size_t i = 0; i < c->flights.n; i++) {
		struct flight *g = c->flights.v[i];
		if (g && g->before == f) {
			g->before = NULL;
			g->stage = FLIGHT_QUEUED;
			vec_push(&c->queue, g);
			cluster_pump_soon(c, 0);
		}
	}
	cluster_watch_wanted(c->watch, c->live > 0);
}

/* What the job printed, and, where it did not end well, what its scheduler wrote. */
static void read_output(struct cluster *c, const char *tag, bool with_log,
	struct strbuf *out, uint64_t *ret_size)
{
	struct strbuf path = STRBUF_INIT, log = STRBUF_INIT;
	struct fs_stat st;
	cluster_path(&path, c->dir, tag, "out");
	*ret_size = fs_stat(AT_FDCWD, path.buf, &st) == 0 ? st.size : 0;
	fs_read_tail(path.buf, OUTPUT_MOST, out);
	if (with_log) {
		strbuf_reset(&path);
		cluster_path(&path, c->dir, tag, "log");
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
	cluster_journal_end(&c->journal, f->entry.tag);
	cluster_journal_sync(&c->journal, false);
	if (!f->hidden) {
		read_output(
			c, f->entry.tag, outcome != JOB_OK, &output, &result.output_size);
		result.output = strbuf_sv(&output);
	}
	cluster_remove_files(c->dir, f->entry.tag, outcome != JOB_OK && !f->hidden);
	if (!f->hidden) {
		c->base.finished(c->base.ctx, &result);
	}
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

static bool shares_output(const struct flight *f, const struct job_spec *spec)
{
	for (size_t i = 0; i < f->entry.outputs.n; i++) {
		for (uint32_t k = 0; k < spec->output_count; k++) {
			if (strcmp(f->entry.outputs.v[i], spec->outputs[k].path) == 0) {
				return true;
			}
		}
	}
	return false;
}

/* The submission of an earlier run that this job was, or that is in its way. */
static struct flight *find_earlier(
	struct cluster *c, const struct job_spec *spec, bool *ret_same)
{
	struct job_identity id = job_identity_of(spec);
	for (size_t i = 0; i < c->flights.n; i++) {
		struct flight *f = c->flights.v[i];
		if (f && f->stage == FLIGHT_FOUND &&
			(f->entry.identity.who == id.who || shares_output(f, spec))) {
			*ret_same = f->entry.identity.who == id.who &&
				    f->entry.identity.what == id.what;
			return f;
		}
	}
	return NULL;
}

static bool cluster_adopts(struct executor *x, const struct job_spec *spec)
{
	struct cluster *c = cluster_of(x);
	bool same = false;
	return find_earlier(c, spec, &same) && same;
}

/* An id for what was submitted when the engine died: what the command printed meanwhile,
 * or what the job itself has told. */
static void find_id(struct cluster *c, struct flight *f)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT, id = STRBUF_INIT;
	cluster_path(&path, c->dir, f->entry.tag, "submit");
	if (fs_read_file(path.buf, OUTPUT_MOST, &text) < 0 ||
		cluster_id_find(strbuf_sv(&text), c->o.id_pattern, &id) < 0) {
		cluster_read_word(c->dir, f->entry.tag, "id", &id);
	}
	if (cluster_id_is_good(strbuf_sv(&id))) {
		f->entry.id = strbuf_detach(&id, NULL);
		cluster_journal_id(&c->journal, f->entry.tag, f->entry.id);
		cluster_journal_sync(&c->journal, false);
	}
	strbuf_release(&path);
	strbuf_release(&text);
	strbuf_release(&id);
}

static void set_kind(struct cluster *c, struct flight *f)
{
	f->bundle = 1;
	f->kind = f->job;
	if (c->o.commands.bundle_of) {
		f->bundle = c->o.commands.bundle_of(c->o.commands.ctx, f->job, &f->kind);
	}
	if (c->o.array_id && f->bundle <= 1) {
		struct submit_request q = {.job = f->job,
			.attempt = f->attempt,
			.jobscript = "jobscript",
			.log = "log",
			.name = "name",
			.tag = "tag",
			.array_size = 1,
			.bundle_size = 1};
		struct strbuf shape = STRBUF_INIT, error = STRBUF_INIT;
		if (c->o.commands.submit(c->o.commands.ctx, &q, &shape, &error) == 0) {
			f->shape = strbuf_detach(&shape, NULL);
		}
		strbuf_release(&shape);
		strbuf_release(&error);
	}
}

/* The earlier submission becomes this job's. */
static void adopt(struct cluster *c, struct flight *f, const struct job_spec *spec)
{
	f->job = spec->job;
	f->attempt = spec->attempt;
	f->timeout_s = spec->timeout_s;
	f->rule = xstrdup(spec->rule);
	set_kind(c, f);
	if (!f->entry.id) {
		find_id(c, f);
	}
	if (!f->entry.id && cluster_claim(c->dir, f->entry.tag)) {
		/* it was never submitted, or will never begin */
		cluster_journal_end(&c->journal, f->entry.tag);
		cluster_new_tag(c, f);
		cluster_flight_add(c, f);
		if (cluster_write_script(c, f, spec) < 0) {
			cluster_finish(c, f, JOB_NOT_STARTED, errno, NULL, NULL);
			return;
		}
		f->stage = FLIGHT_QUEUED;
		vec_push(&c->queue, f);
		cluster_pump_soon(c, 0);
		return;
	}
	cluster_went_live(c, f);
}

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
	set_kind(c, f);
	return f;
}

static void send_cancels(void *ctx);

static void cancel_soon(struct cluster *c)
{
	if (!c->cancel_timer && !c->cancel_command) {
		c->cancel_timer = loop_add_timer(c->o.loop, 0, send_cancels, c);
	}
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
	struct flight *earlier = find_earlier(c, spec, &same);
	if (earlier && same) {
		adopt(c, earlier, spec);
		return;
	}
	struct flight *f = new_flight(c, spec);
	if (cluster_write_script(c, f, spec) < 0) {
		cluster_finish(c, f, JOB_NOT_STARTED, errno,
			"its script cannot be written to .cwflow/cluster", NULL);
		return;
	}
	f->stage = FLIGHT_QUEUED;
	if (earlier) {
		cluster_say(c,
			"job %s of an earlier run makes %s in another way: it is "
			"taken back first",
			earlier->entry.id ? earlier->entry.id : earlier->entry.tag,
			spec->output_count ? spec->outputs[0].path : spec->rule);
		f->stage = FLIGHT_BEHIND;
		f->before = earlier;
		earlier->hidden = earlier->cancelled = true;
		earlier->rule = xstrdup(spec->rule);
		if (!earlier->entry.id) {
			find_id(c, earlier);
		}
		cluster_went_live(c, earlier);
		cancel_soon(c);
		return;
	}
	vec_push(&c->queue, f);
	if (!c->o.array_id) {
		cluster_pump_soon(c, 0);
	} else if (!c->pump_timer) {
		/* others of its kind may follow at once */
		cluster_pump_soon(c, cluster_now() + GATHER_NS);
	}
}

/* --- cancel ------------------------------------------------------------------------ */

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
			cancel_soon(c);
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
			f->cancel_sent = true;
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

static void cluster_cancel(struct executor *x, uint32_t job, bool hard)
{
	struct cluster *c = cluster_of(x);
	struct flight *f = flight_of_job(c, job);
	if (!f) {
		c->o.local->ops->cancel(c->o.local, job, hard);
		return;
	}
	f->cancelled = true;
	cancel_soon(c);
}

/* --- life -------------------------------------------------------------------------- */

/* Jobs of an earlier run that nobody asked for and that have ended meanwhile. */
static void settle_found(struct cluster *c)
{
	struct jobscript_status status;
	for (size_t i = 0; i < c->flights.n; i++) {
		struct flight *f = c->flights.v[i];
		if (f && f->stage == FLIGHT_FOUND &&
			cluster_read_status(c->dir, f->entry.tag, &status) == 0) {
			cluster_journal_end(&c->journal, f->entry.tag);
			cluster_remove_files(c->dir, f->entry.tag, status.code != 0);
		}
	}
}

static void cluster_free(struct executor *x)
{
	struct cluster *c = cluster_of(x);
	loop_remove(c->o.loop, c->pump_timer);
	loop_remove(c->o.loop, c->poll_timer);
	loop_remove(c->o.loop, c->cancel_timer);
	loop_remove(c->o.loop, c->verdict_timer);
	cluster_sendings_release(c);
	cluster_command_free(c->status_command);
	cluster_command_free(c->cancel_command);
	cluster_command_free(c->take_back);
	cluster_watch_free(c->watch);
	settle_found(c);
	cluster_journal_close(&c->journal);
	for (size_t i = 0; i < c->flights.n; i++) {
		if (c->flights.v[i]) {
			free_flight(c->flights.v[i]);
		}
	}
	vec_release(&c->flights);
	vec_release(&c->free_places);
	vec_release(&c->queue);
	vec_release(&c->asked);
	hashmap_release(&c->by_tag);
	cluster_entries_release(&c->o.found);
	if (c->o.local) {
		c->o.local->ops->free(c->o.local);
	}
	free(c->envp);
	free(c->dir);
	free(c);
}

/* Whether a file of the folder belongs to a submission that was found. */
static bool is_of_found(const struct cluster_entries *found, const char *name)
{
	for (size_t i = 0; i < found->list.n; i++) {
		size_t n = strlen(found->list.v[i].tag);
		if (strncmp(name, found->list.v[i].tag, n) == 0 && name[n] == '.') {
			return true;
		}
	}
	return false;
}

/* Removes what earlier runs left for people to look at, unless jobs that go on may need
 * a script that several share. */
static void tidy(const struct cluster *c)
{
	VEC(char *) names = {0};
	DIR *dir = c->o.found.list.n ? NULL : opendir(c->dir);
	struct dirent *e;
	while (dir && (e = readdir(dir))) {
		if (e->d_name[0] == 'c' &&
			(strchr(e->d_name, '-') || strstr(e->d_name, ".cancel")) &&
			!is_of_found(&c->o.found, e->d_name)) {
			vec_push(&names, xasprintf("%s/%s", c->dir, e->d_name));
		}
	}
	if (dir) {
		closedir(dir);
	}
	for (size_t i = 0; i < names.n; i++) {
		unlink(names.v[i]);
		free(names.v[i]);
	}
	vec_release(&names);
}

/* Submissions of an earlier run become flights that wait to be asked for. */
static void take_found(struct cluster *c)
{
	struct cluster_entries *found = &c->o.found;
	for (size_t i = 0; i < found->list.n; i++) {
		struct flight *f = xcalloc(1, sizeof(*f));
		f->stage = FLIGHT_FOUND;
		f->entry = found->list.v[i];
		f->attempt = f->entry.attempt;
		cluster_flight_add(c, f);
	}
	if (found->list.n) {
		cluster_say(c,
			"%zu job%s of an earlier run %s still with the scheduler, and "
			"will be waited for",
			found->list.n, found->list.n == 1 ? "" : "s",
			found->list.n == 1 ? "is" : "are");
	}
	found->list.n = 0;
}

struct executor *executor_cluster_new(const struct cluster_options *o)
{
	static const struct executor_ops ops = {.name = "cluster",
		.submit = cluster_submit,
		.cancel = cluster_cancel,
		.free = cluster_free,
		.adopts = cluster_adopts};
	struct cluster *c = xcalloc(1, sizeof(*c));
	c->base.ops = &ops;
	c->o = *o;
	hashmap_init(&c->by_tag);
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
	tidy(c);
	c->watch = cluster_watch_new(o->loop, c->dir, on_status_file, c);
	take_found(c);
	return &c->base;
}

uint32_t executor_cluster_live(const struct executor *x)
{
	const struct cluster *c = (const struct cluster *)x;
	return c->live;
}
