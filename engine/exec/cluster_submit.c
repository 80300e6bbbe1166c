/* The way of jobs to the scheduler: queue, scripts, journal, submit commands. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "exec/cluster_impl.h"
#include "sys/fs.h"
#include "sys/loop.h"

enum { NAME_MOST = 40, WORDS_MOST = 400 };

static void pump(void *ctx);

void cluster_pump_soon(struct cluster *c, int64_t at_ns)
{
	loop_remove(c->o.loop, c->pump_timer);
	c->pump_timer = loop_add_timer(c->o.loop, at_ns, pump, c);
}

/* A name that every scheduler takes: letters, digits, _ and -, a letter first. */
static char *name_of(const char *rule, const char *tag)
{
	struct strbuf name = STRBUF_INIT;
	for (; *rule && name.len < NAME_MOST; rule++) {
		char c = *rule;
		bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (name.len && ((c >= '0' && c <= '9') || c == '_'));
		strbuf_addch(&name, good ? c : name.len ? '_' : 'r');
	}
	strbuf_addf(&name, ".%s", tag);
	return strbuf_detach(&name, NULL);
}

static char *next_tag(struct cluster *c)
{
	return xasprintf("%s-%u", c->run_tag, ++c->next_tag);
}

void cluster_new_tag(struct cluster *c, struct flight *f)
{
	free(f->entry.tag);
	free(f->entry.name);
	free(f->entry.id);
	f->entry.id = NULL;
	f->entry.tag = next_tag(c);
	f->entry.name = name_of(f->rule, f->entry.tag);
}

struct jobscript_options cluster_script_options(const struct cluster *c)
{
	return (struct jobscript_options){.dir = c->dir,
		.workdir = c->o.workdir,
		.tools_dir = c->o.tools_dir,
		.environ_from = c->o.environ_from};
}

/* Makes the text TAG.SUFFIX of the folder. 0, or -1 with errno. */
static int cluster_write_file(const struct cluster *c, const char *tag,
	const char *suffix, const struct strbuf *text)
{
	struct strbuf path = STRBUF_INIT;
	cluster_path(&path, c->dir, tag, suffix);
	int fd = open(path.buf, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	int rc = fd < 0 ? -1 : fs_write_all(fd, text->buf, text->len);
	int err = errno;
	if (fd >= 0 && close(fd) < 0 && rc == 0) {
		rc = -1;
		err = errno;
	}
	strbuf_release(&path);
	errno = err;
	return rc;
}

int cluster_write_script(struct cluster *c, struct flight *f, const struct job_spec *spec)
{
	struct jobscript_options o = cluster_script_options(c);
	struct strbuf text = STRBUF_INIT;
	bool command_file;
	jobscript_write(&text, &o, spec, f->entry.tag, &command_file);
	int rc = cluster_write_file(c, f->entry.tag, "sh", &text);
	if (rc == 0 && command_file) {
		strbuf_reset(&text);
		jobscript_command(&text, spec);
		rc = cluster_write_file(c, f->entry.tag, "command", &text);
	}
	strbuf_release(&text);
	return rc;
}

/* The script of the old tag under the present one: only its line "base=" differs. */
static int move_script(struct cluster *c, struct flight *f, const char *old)
{
	struct strbuf from = STRBUF_INIT, to = STRBUF_INIT, text = STRBUF_INIT;
	cluster_path(&from, c->dir, old, "sh");
	int rc = fs_read_file(from.buf, SIZE_MAX / 2, &text);
	char *line = rc == 0 ? strstr(text.buf, "\nbase=") : NULL;
	if (line) {
		char *end = line + 1 + strcspn(line + 1, "\n");
		struct strbuf fresh = STRBUF_INIT;
		strbuf_add(&fresh, text.buf, (size_t)(line + 1 - text.buf));
		strbuf_addf(&fresh, "base=$dir/%s", f->entry.tag);
		strbuf_add(&fresh, end, text.len - (size_t)(end - text.buf));
		rc = cluster_write_file(c, f->entry.tag, "sh", &fresh);
		strbuf_release(&fresh);
		strbuf_reset(&from);
		cluster_path(&from, c->dir, old, "command");
		cluster_path(&to, c->dir, f->entry.tag, "command");
		if (rename(from.buf, to.buf) < 0 && errno != ENOENT) {
			rc = -1;
		}
	}
	strbuf_release(&from);
	strbuf_release(&to);
	strbuf_release(&text);
	return line ? rc : -1;
}

void cluster_queue(struct cluster *c, struct flight *f)
{
	f->stage = FLIGHT_QUEUED;
	f->could_go_ns = 0;
	vec_push(&c->queue, f);
	if (f->not_before_ns > cluster_now()) {
		cluster_pump_soon(c, f->not_before_ns);
	} else if (!cluster_may_share(c, f)) {
		cluster_pump_soon(c, 0);
	} else {
		c->gathering = true; /* others that go with it may follow at once */
	}
}

void cluster_flush(struct executor *x)
{
	struct cluster *c = (struct cluster *)x;
	if (c->gathering && c->queue.n && !c->pump_timer) {
		cluster_pump_soon(c, cluster_now() + GATHER_NS);
	}
	c->gathering = false;
}

void cluster_unqueue(struct cluster *c, const struct flight *f)
{
	size_t left = 0;
	for (size_t i = 0; i < c->queue.n; i++) {
		if (c->queue.v[i] != f) {
			c->queue.v[left++] = c->queue.v[i];
		}
	}
	c->queue.n = left;
}

/* Gives the flight a new tag and puts it into the queue again. The old submission cannot
 * do anything any more: its claim is the engine's. */
static void queue_again(struct cluster *c, struct flight *f)
{
	char *old = xstrdup(f->entry.tag);
	cluster_journal_end(&c->journal, old);
	cluster_leave_pack(c, f, false, false);
	f->adopted = f->runner_known = f->entry.cancelled = f->dying = false;
	cluster_new_tag(c, f);
	if (move_script(c, f, old) < 0) {
		int err = errno;
		cluster_finish(c, f, JOB_NOT_STARTED, err, NULL, NULL);
	} else {
		cluster_flight_add(c, f);
		cluster_queue(c, f);
	}
	free(old);
}

void cluster_revive(struct cluster *c, struct flight *f)
{
	if (f->revivals++ >= REVIVALS_MOST) {
		cluster_finish(c, f, JOB_LOST, 0,
			"it was submitted again and again and never began", NULL);
		return;
	}
	if (f->stage == FLIGHT_LIVE) {
		c->live--;
	}
	f->missing = 0;
	f->gone_ns = 0;
	f->seen = false;
	queue_again(c, f);
}

/* --- one submission ---------------------------------------------------------------- */

static void free_sending(struct sending *s)
{
	struct cluster *c = s->c;
	for (size_t i = 0; i < c->sendings.n; i++) {
		if (c->sendings.v[i] == s) {
			c->sendings.v[i] = vec_last(&c->sendings);
			c->sendings.n--;
			break;
		}
	}
	vec_release(&s->members);
	free(s->tag);
	free(s);
}

void cluster_sendings_release(struct cluster *c)
{
	while (c->sendings.n) {
		cluster_command_free(c->sendings.v[0]->command);
		free_sending(c->sendings.v[0]);
	}
	vec_release(&c->sendings);
}

/* It is known to the scheduler under `id` now. */
static void submitted(struct sending *s, const char *id)
{
	struct cluster *c = s->c;
	if (s->pack) {
		s->pack->id = xstrdup(id);
	}
	for (size_t i = 0; i < s->members.n; i++) {
		struct flight *f = s->members.v[i];
		free(f->entry.id);
		f->entry.id = s->pack && s->shape == PACK_ARRAY
				      ? cluster_member_id(c, id, f->seat)
				      : xstrdup(id);
		cluster_journal_id(&c->journal, f->entry.tag, f->entry.id);
	}
	cluster_journal_sync(&c->journal, false);
	for (size_t i = 0; i < s->members.n; i++) {
		cluster_went_live(c, s->members.v[i]);
	}
}

/* The words of a command that failed, on one line. */
static void add_words(struct strbuf *out, struct strview words)
{
	size_t begin = out->len;
	for (size_t i = 0; i < words.n && out->len - begin < WORDS_MOST; i++) {
		char ch = words.p[i];
		bool blank = ch == '\n' || ch == '\r' || ch == '\t' || ch == ' ';
		if (!blank) {
			strbuf_addch(out, ch);
		} else if (out->len > begin && out->buf[out->len - 1] != ' ') {
			strbuf_addch(out, ' ');
		}
	}
	while (out->len > begin && out->buf[out->len - 1] == ' ') {
		strbuf_setlen(out, out->len - 1);
	}
}

/* One member of a submission that failed for the reason `why`. */
static void refused(struct cluster *c, struct flight *f, bool transient, const char *why)
{
	if (!cluster_claim(c->dir, f->entry.tag) &&
		cluster_has_begun(c->dir, f->entry.tag)) {
		struct strbuf id = STRBUF_INIT; /* it was submitted after all, and runs */
		int64_t place;
		if (cluster_runner(c->dir, f->entry.tag, &id, &place) &&
			cluster_id_is_good(strbuf_sv(&id))) {
			f->entry.id = strbuf_detach(&id, NULL);
			cluster_journal_id(&c->journal, f->entry.tag, f->entry.id);
		}
		strbuf_release(&id);
		cluster_went_live(c, f);
		return;
	}
	if (f->cancelled) {
		cluster_finish(c, f, JOB_CANCELLED, 0, NULL, NULL);
		return;
	}
	if (transient && f->tries < SUBMIT_TRIES) {
		int64_t wait = INT64_C(1) << (f->tries < 6 ? f->tries : 6);
		f->tries++;
		f->not_before_ns = cluster_now() + wait * NS_PER_S;
		cluster_say(c, "%s; submitted again in %d s", why, (int)wait);
		queue_again(c, f);
		return;
	}
	cluster_finish(c, f, JOB_REFUSED, 0, why, NULL);
}

static void on_submitted(void *ctx, int status, struct strview out, struct strview err)
{
	struct sending *s = ctx;
	struct cluster *c = s->c;
	struct strbuf id = STRBUF_INIT, why = STRBUF_INIT;
	s->command = NULL;
	if (status == 0 && cluster_id_find(out, c->o.id_pattern, &id) == 0) {
		submitted(s, id.buf);
	} else {
		bool transient = status < 0 || submit_is_transient(err) ||
				 submit_is_transient(out);
		if (status < 0) {
			strbuf_addf(&why, "the submit command did not end within %d s",
				(int)(COMMAND_TIMEOUT_NS / NS_PER_S));
		} else if (status == 0) {
			strbuf_addstr(&why, "the submit command printed no job id");
		} else {
			strbuf_addf(&why, "the submit command failed with exit status %d",
				status);
		}
		if (err.n || out.n) {
			strbuf_addstr(&why, ": ");
			add_words(&why, err.n ? err : out);
		}
		for (size_t i = 0; i < s->members.n; i++) {
			refused(c, s->members.v[i], transient, why.buf);
		}
	}
	free_sending(s);
	strbuf_release(&id);
	strbuf_release(&why);
	cluster_pump_soon(c, 0);
}

/* The script that is submitted: a member's own, or one that runs several. */
static int write_common_script(struct cluster *c, struct sending *s)
{
	if (s->members.n == 1) {
		s->tag = xstrdup(s->members.v[0]->entry.tag);
		return 0;
	}
	struct strbuf text = STRBUF_INIT;
	s->tag = next_tag(c);
	cluster_pack_make(c, s, &text);
	int rc = cluster_write_file(c, s->tag, "sh", &text);
	strbuf_release(&text);
	return rc;
}

/* Who is counted as in flight: each member of an array, else the submission. */
static void count(struct cluster *c, struct sending *s)
{
	for (size_t i = 0; i < s->members.n; i++) {
		s->members.v[i]->counted = true;
	}
	c->in_flight += s->shape == PACK_ARRAY ? (uint32_t)s->members.n : 1;
}

/* The command for it. 0, or -1 with `error`. */
static int submit_text(
	struct cluster *c, struct sending *s, struct strbuf *out, struct strbuf *error)
{
	struct flight *first = s->members.v[0];
	size_t n = s->members.n;
	struct strbuf script = STRBUF_INIT, log = STRBUF_INIT;
	char *name = n > 1 ? name_of(first->rule, s->tag) : xstrdup(first->entry.name);
	struct submit_member *members = xcalloc(n, sizeof(*members));
	for (size_t i = 0; i < n; i++) {
		const struct flight *f = s->members.v[i];
		members[i] = (struct submit_member){f->job, f->attempt};
	}
	cluster_path(&script, c->dir, s->tag, "sh");
	cluster_path(&log, c->dir, s->tag, "log");
	struct submit_request q = {.members = members,
		.count = s->shape == PACK_ARRAY ? 1 : (uint32_t)n,
		.jobscript = script.buf,
		.log = log.buf,
		.name = name,
		.tag = s->tag,
		.array_size = n > 1 && s->shape == PACK_ARRAY ? (uint32_t)n : 0};
	if (n > 1 && s->shape == PACK_FILL) {
		q.fill_minutes = (uint32_t)(first->wish.fill_s / 60);
	}
	int rc = c->o.commands.submit(c->o.commands.ctx, &q, out, error);
	for (size_t i = 0; n > 1 && i < n; i++) {
		/* the scheduler knows them all by this name */
		free(s->members.v[i]->entry.name);
		s->members.v[i]->entry.name = xstrdup(name);
	}
	free(members);
	free(name);
	strbuf_release(&script);
	strbuf_release(&log);
	return rc;
}

static void fail_sending(struct sending *s, const char *why)
{
	struct cluster *c = s->c;
	for (size_t i = 0; i < s->members.n; i++) {
		cluster_finish(c, s->members.v[i], JOB_REFUSED, 0, why, NULL);
	}
	free_sending(s);
}

/* Runs the submit command of `s`, whose members are in the journal. */
static void send(struct sending *s, const char *text)
{
	struct cluster *c = s->c;
	struct strbuf out_path = STRBUF_INIT;
	cluster_path(&out_path, c->dir, s->members.v[0]->entry.tag, "submit");
	struct cluster_command_options o = {.loop = c->o.loop,
		.text = text,
		.envp = c->envp,
		.out_path = out_path.buf,
		.spill_dir = c->dir,
		.timeout_ns = COMMAND_TIMEOUT_NS,
		.ended = on_submitted,
		.ctx = s};
	s->command = cluster_command_start(&o);
	int err = errno;
	strbuf_release(&out_path);
	if (!s->command) {
		struct strbuf why = STRBUF_INIT;
		strbuf_addf(
			&why, "the submit command cannot be started: %s", strerror(err));
		fail_sending(s, why.buf);
		strbuf_release(&why);
	}
}

/* Prepares submissions as far as rates allow, makes them durable together, sends them. */
static void pump(void *ctx)
{
	struct cluster *c = ctx;
	struct {
		struct sending *s;
		char *text;
	} fresh[SUBMITS_AT_ONCE];
	size_t n = 0;
	int64_t next = 0;
	c->pump_timer = 0;
	while (c->sendings.n < SUBMITS_AT_ONCE && c->queue.n) {
		int64_t now = cluster_now();
		if (now < c->next_submit_ns) {
			next = c->next_submit_ns;
			break;
		}
		int64_t most = c->o.submissions_most ? c->o.submissions_most : UINT32_MAX;
		if (c->in_flight >= most) {
			break;
		}
		struct sending *s =
			cluster_choose(c, (uint32_t)(most - c->in_flight), &next);
		if (!s) {
			break;
		}
		count(c, s);
		if (c->o.submits_per_second > 0) {
			c->next_submit_ns = now + (int64_t)((double)NS_PER_S /
							    c->o.submits_per_second);
		}
		vec_push(&c->sendings, s);
		struct strbuf text = STRBUF_INIT, error = STRBUF_INIT;
		if (write_common_script(c, s) < 0) {
			strbuf_addf(&error, "its script cannot be written: %s",
				strerror(errno));
			fail_sending(s, error.buf);
		} else if (submit_text(c, s, &text, &error) < 0) {
			fail_sending(s, error.buf);
		} else {
			for (size_t i = 0; i < s->members.n; i++) {
				cluster_journal_submit(
					&c->journal, &s->members.v[i]->entry);
			}
			fresh[n].s = s;
			fresh[n++].text = strbuf_detach(&text, NULL);
		}
		strbuf_release(&text);
		strbuf_release(&error);
	}
	bool noted = cluster_journal_sync(&c->journal, n > 0) == 0;
	const char *problem = noted ? "" : strerror(errno);
	for (size_t i = 0; i < n; i++) {
		if (noted) {
			send(fresh[i].s, fresh[i].text);
		} else {
			char *why = xasprintf("the journal of submissions cannot be "
					      "written: %s",
				problem);
			fail_sending(fresh[i].s, why);
			free(why);
		}
		free(fresh[i].text);
	}
	if (next && c->queue.n) {
		cluster_pump_soon(c, next);
	}
}
