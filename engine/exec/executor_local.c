#include "exec/executor_local.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/vec.h"
#include "exec/job_message.h"
#include "exec/job_runner.h"
#include "exec/warden.h"
#include "sys/clock.h"
#include "sys/loop.h"

/* A job that was handed to the warden and has not come back. */
struct in_flight {
	uint32_t job, attempt;
	bool ahead; /* it has not begun, as far as we know */
};

struct queued {
	char *p; /* owned */
	size_t n;
};

struct local {
	struct executor base;
	struct local_options options;
	struct warden warden; /* pid -1: not started */
	uint64_t jobs_source, timer;
	bool sweep;
	uint32_t threads; /* that the warden was told to have */
	uint32_t ahead;   /* how many flights are */
	uint32_t recalls; /* of jobs sent ahead, that we know of */
	VEC(struct in_flight) flights;
	VEC(struct job_result) ready; /* results of our own making, for the next turn */
	struct strbuf request, text;
	VEC(struct queued) queue; /* requests that the socket had no room for */
	char *packet;
};

static struct local *local_of(struct executor *x)
{
	return (struct local *)x;
}

static void hand_over_ready(void *ctx);

/* Puts a result in for the next turn of the loop. */
static void finish_soon(struct local *l, struct job_result result)
{
	result.usage.start_ns = result.usage.end_ns = clock_wall_ns(&clock_real);
	vec_push(&l->ready, result);
	if (!l->timer) {
		l->timer = loop_add_timer(l->options.loop, 0, hand_over_ready, l);
	}
}

static void hand_over_ready(void *ctx)
{
	struct local *l = ctx;
	l->timer = 0;
	for (size_t i = 0; i < l->ready.n; i++) {
		struct job_result result = l->ready.v[i];
		l->base.finished(l->base.ctx, &result);
	}
	vec_clear(&l->ready);
}

/* A job that was sent ahead has begun, or never will. */
static void note_begun(struct local *l, struct in_flight *f)
{
	l->ahead -= f->ahead;
	f->ahead = false;
}

static void note_follower(struct local *l, uint32_t job)
{
	for (size_t i = 0; i < l->flights.n; i++) {
		if (l->flights.v[i].job == job) {
			note_begun(l, &l->flights.v[i]);
			return;
		}
	}
}

static void forget_flight(struct local *l, uint32_t job)
{
	for (size_t i = 0; i < l->flights.n; i++) {
		if (l->flights.v[i].job == job) {
			note_begun(l, &l->flights.v[i]);
			l->flights.v[i] = vec_last(&l->flights);
			(void)vec_pop(&l->flights);
			return;
		}
	}
}

static const char *hint_text(struct local *l, const struct result_head *head)
{
	strbuf_reset(&l->text);
	switch ((enum job_hint)head->hint) {
	case HINT_NONE:
		break;
	case HINT_LONG_ARGUMENTS:
		return "the arguments are too many for one program; give them in a file: "
		       "{input:list}";
	case HINT_NO_SHELL:
		return "the shell cannot be started";
	case HINT_RUNTIME:
		strbuf_addf(&l->text, "it ran longer than its runtime of %lld s",
			(long long)head->limit);
		return l->text.buf;
	case HINT_MEMORY:
		strbuf_addf(&l->text, "it held %lld MB of memory, its mem_mb is %lld",
			(long long)head->value, (long long)head->limit);
		return l->text.buf;
	case HINT_STDIN:
		return "stdin, stdout or stderr cannot be opened";
	}
	return NULL;
}

static void deliver(
	struct local *l, const struct result_head *head, struct strview output)
{
	struct job_result result = {
		.job = head->job,
		.attempt = head->attempt,
		.outcome = (enum job_outcome)head->outcome,
		.code = head->code,
		.text = hint_text(l, head),
		.usage = head->usage,
		.output = output,
		.output_size = head->output_size,
		.followed = (head->flags & RESULT_FOLLOWED) != 0,
		.recalled = (head->flags & RESULT_RECALLED) != 0,
		.follower = head->follower,
		.seen = head->flags & RESULT_SEEN ? &head->seen : NULL,
	};
	forget_flight(l, head->job);
	if (result.followed) {
		note_follower(l, head->follower);
	}
	l->recalls += result.recalled;
	l->base.finished(l->base.ctx, &result);
}

/* Delivers a result whose output is in the file `fd`. */
static void deliver_from_file(struct local *l, const struct result_head *head, int fd)
{
	struct strview output = {NULL, 0};
	struct stat st;
	if (head->output_bytes && fstat(fd, &st) == 0 &&
		(uint64_t)st.st_size >= head->output_bytes) {
		void *p = mmap(NULL, head->output_bytes, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p != MAP_FAILED) {
			output = (struct strview){p, head->output_bytes};
		}
	}
	deliver(l, head, output);
	if (output.p) {
		union {
			const char *in;
			void *out;
		} p = {output.p};
		munmap(p.out, output.n);
	}
}

static void clear_queue(struct local *l)
{
	for (size_t i = 0; i < l->queue.n; i++) {
		free(l->queue.v[i].p);
	}
	vec_clear(&l->queue);
}

/* The warden is gone though nobody told it to: its jobs are lost. */
static void lose_warden(struct local *l)
{
	loop_remove(l->options.loop, l->jobs_source);
	l->jobs_source = 0;
	warden_bury(&l->warden);
	l->threads = l->ahead = l->recalls = 0;
	for (size_t i = 0; i < l->flights.n; i++) {
		struct in_flight f = l->flights.v[i];
		finish_soon(
			l, (struct job_result){.job = f.job,
				   .attempt = f.attempt,
				   .outcome = JOB_LOST,
				   .text = "the process that runs the jobs was killed"});
	}
	vec_clear(&l->flights);
	clear_queue(l);
}

/* Sends a request; false where the socket has no room now. */
static bool send_request(struct local *l, const char *p, size_t n)
{
	const size_t head = sizeof(struct request_head);
	if (message_send(l->warden.jobs, p, head, p + head, n - head, -1, MSG_DONTWAIT) ==
		0) {
		return true;
	}
	if (errno == EAGAIN) {
		return false;
	}
	struct request_head h;
	memcpy(&h, p, sizeof(h));
	if (errno != EPIPE && errno != ECONNRESET) {
		forget_flight(l, h.job);
		finish_soon(l, (struct job_result){.job = h.job,
				       .attempt = h.attempt,
				       .outcome = JOB_NOT_STARTED,
				       .code = errno});
	}
	return true; /* a warden that is gone shows up as the end of its socket */
}

static void send_queued(struct local *l)
{
	size_t sent = 0;
	while (sent < l->queue.n &&
		send_request(l, l->queue.v[sent].p, l->queue.v[sent].n)) {
		free(l->queue.v[sent++].p);
	}
	if (sent) {
		l->queue.n -= sent;
		memmove(l->queue.v, l->queue.v + sent, l->queue.n * sizeof(*l->queue.v));
	}
}

static void on_results(void *ctx, unsigned events)
{
	struct local *l = ctx;
	(void)events;
	while (l->warden.pid > 0) {
		int fd;
		ssize_t n = message_receive(l->warden.jobs, l->packet,
			MESSAGE_PACKET_MOST, &fd, MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN) {
			break;
		}
		struct result_head head;
		if (n < (ssize_t)sizeof(head)) {
			lose_warden(l);
			break;
		}
		memcpy(&head, l->packet, sizeof(head));
		if (fd >= 0) {
			deliver_from_file(l, &head, fd);
			close(fd);
		} else {
			deliver(l, &head,
				(struct strview){l->packet + sizeof(head),
					(size_t)n - sizeof(head)});
		}
	}
	if (l->queue.n && l->warden.pid > 0) {
		send_queued(l);
	}
}

static int start_warden(struct local *l)
{
	struct warden_options o = {
		.slots = l->options.slots,
		.tools_dir = l->options.tools_dir,
		.spill_dir = l->options.spill_dir,
		.grace_ns = l->options.grace_ns,
		.orphaned = l->options.orphaned,
		.orphaned_ctx = l->options.orphaned_ctx,
		.always_shell = l->options.always_shell,
	};
	if (warden_start(&l->warden, &o) < 0) {
		return -1;
	}
	l->jobs_source =
		loop_add_fd(l->options.loop, l->warden.jobs, LOOP_READ, on_results, l);
	if (!l->jobs_source) {
		int err = errno;
		warden_stop(&l->warden, false);
		errno = err;
		return -1;
	}
	return 0;
}

static void tell(struct local *l, struct control c)
{
	message_send(l->warden.control, &c, sizeof(c), NULL, 0, -1, 0);
}

/* Gives a request to the warden, or has it wait for room there. */
static void hand_over(struct local *l, struct in_flight f, const char *request, size_t n)
{
	if (l->warden.pid < 0 && start_warden(l) < 0) {
		finish_soon(l, (struct job_result){.job = f.job,
				       .attempt = f.attempt,
				       .outcome = JOB_NOT_STARTED,
				       .code = errno,
				       .text = "the helper process cannot be started"});
		return;
	}
	vec_push(&l->flights, f);
	l->ahead += f.ahead;
	uint32_t running = (uint32_t)l->flights.n - l->ahead;
	if (l->threads < running && l->threads < l->options.slots) {
		l->threads = running;
		tell(l, (struct control){.kind = CONTROL_THREADS, .value = l->threads});
	}
	if (l->queue.n || !send_request(l, request, n)) {
		vec_push(&l->queue, (struct queued){xmemdup0(request, n), n});
	}
}

static void local_submit(struct executor *x, const struct job_spec *spec)
{
	struct local *l = local_of(x);
	if (spec->kind == COMMAND_NONE) {
		finish_soon(l,
			(struct job_result){.job = spec->job, .attempt = spec->attempt});
		return;
	}
	strbuf_reset(&l->request);
	request_encode(spec, l->recalls, &l->request);
	hand_over(l, (struct in_flight){spec->job, spec->attempt, spec->ahead},
		l->request.buf, l->request.len);
}

bool executor_local_forward(struct executor *x, const char *request, size_t n)
{
	struct request_head head;
	if (n < sizeof(head)) {
		return false;
	}
	memcpy(&head, request, sizeof(head));
	if (head.body != n - sizeof(head)) {
		return false;
	}
	hand_over(local_of(x),
		(struct in_flight){.job = head.job, .attempt = head.attempt}, request, n);
	return true;
}

static void local_cancel(struct executor *x, uint32_t job, bool hard)
{
	struct local *l = local_of(x);
	for (size_t i = 0; i < l->flights.n; i++) {
		if (l->flights.v[i].job == job) {
			tell(l, (struct control){.kind = CONTROL_CANCEL,
					.job = job,
					.attempt = l->flights.v[i].attempt,
					.value = hard});
			return;
		}
	}
}

/* Only behind jobs that keep all threads busy: an idle one would take it at once. */
static bool local_takes_ahead(struct executor *x)
{
	const struct local *l = local_of(x);
	return l->warden.pid > 0 && l->queue.n == 0 && l->threads > 0 &&
	       l->flights.n - l->ahead >= l->threads;
}

static void local_recall(struct executor *x)
{
	struct local *l = local_of(x);
	if (l->warden.pid > 0 && l->ahead) {
		atomic_fetch_add(&l->warden.shared->recalls, 1);
		l->recalls++;
	}
}

static void local_free(struct executor *x)
{
	struct local *l = local_of(x);
	loop_remove(l->options.loop, l->timer);
	if (l->warden.pid > 0) {
		loop_remove(l->options.loop, l->jobs_source);
		warden_stop(&l->warden, l->sweep || l->flights.n > 0);
	}
	clear_queue(l);
	vec_release(&l->queue);
	vec_release(&l->flights);
	vec_release(&l->ready);
	strbuf_release(&l->request);
	strbuf_release(&l->text);
	free(l->packet);
	free(l);
}

struct executor *executor_local_new(const struct local_options *o)
{
	static const struct executor_ops ops = {.name = "local",
		.submit = local_submit,
		.cancel = local_cancel,
		.free = local_free,
		.takes_ahead = local_takes_ahead,
		.recall = local_recall};
	struct local *l = xcalloc(1, sizeof(*l));
	l->base.ops = &ops;
	l->options = *o;
	if (l->options.slots == 0) {
		l->options.slots = 1;
	}
	l->warden = (struct warden){.pid = -1, .jobs = -1, .control = -1};
	strbuf_init(&l->request);
	strbuf_init(&l->text);
	l->packet = xmalloc(MESSAGE_PACKET_MOST);
	/* It is a fork that goes on without an exec: best done while there are no threads
	 * that hold locks. Where it fails, each job that needs it tries again and says so. */
	start_warden(l);
	return &l->base;
}

void executor_local_sweep(struct executor *x)
{
	local_of(x)->sweep = true;
}
