#include "state/writer.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "sys/clock.h"

enum { BATCH_MS = 100, BATCH_BYTES = 4 << 20, SYNC_MS = 1000 };

struct writer {
	struct writer_options o;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake, idle;
	struct strbuf queue; /* frames: number, length, payload */
	struct strbuf error;
	bool stop, drain, busy;
	int64_t synced_ns;
};

static void fail(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	if (w->error.len == 0) {
		strbuf_addstr(&w->error, db_error(&w->o.db->db));
		if (w->error.len == 0) {
			strbuf_addstr(&w->error, "unknown error");
		}
	}
	pthread_mutex_unlock(&w->lock);
}

/* One batch: all frames in it, and their end. */
static int write_batch(struct writer *w, struct strview frames)
{
	if (!w->o.is_open) {
		if (state_db_open(w->o.db, w->o.path, STATE_DB_WRITE, w->o.network,
			    w->o.identity) != 0) {
			return -1;
		}
		w->o.is_open = true;
	}
	while (frames.n) {
		uint64_t head[2];
		memcpy(head, frames.p, sizeof(head));
		struct strview payload = {frames.p + sizeof(head), (size_t)head[1]};
		if (state_db_apply(w->o.db, head[0], payload) != 0) {
			return -1;
		}
		frames = sv_skip(frames, sizeof(head) + payload.n);
	}
	return state_db_commit(w->o.db);
}

/* Takes the queue. `w->lock` is held at both ends. */
static void work(struct writer *w)
{
	struct strbuf batch = w->queue;
	bool dead = w->error.len > 0;
	bool drain = w->drain || w->stop;
	strbuf_init(&w->queue);
	w->busy = true;
	pthread_mutex_unlock(&w->lock);
	int64_t now = clock_monotonic_ns(&clock_real);
	if (now - w->synced_ns > SYNC_MS * NS_PER_MS && !drain) {
		fdatasync(w->o.journal_fd);
		w->synced_ns = now;
	}
	if (!dead &&
		((batch.len && write_batch(w, strbuf_sv(&batch)) != 0) ||
			(drain && w->o.is_open && state_db_checkpoint(w->o.db) != 0))) {
		fail(w);
	}
	strbuf_release(&batch);
	pthread_mutex_lock(&w->lock);
	w->busy = false;
	w->drain = w->drain && w->queue.len > 0;
	pthread_cond_broadcast(&w->idle);
}

/* Waits for more frames, then a while, so that batches grow. */
static void wait_for_batch(struct writer *w)
{
	while (!w->queue.len && !w->stop && !w->drain) {
		pthread_cond_wait(&w->wake, &w->lock);
	}
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	int64_t ns = until.tv_nsec + BATCH_MS * NS_PER_MS;
	until.tv_sec += (time_t)(ns / NS_PER_S);
	until.tv_nsec = (long)(ns % NS_PER_S);
	while (!w->stop && !w->drain && w->queue.len < BATCH_BYTES) {
		if (pthread_cond_timedwait(&w->wake, &w->lock, &until) == ETIMEDOUT) {
			break;
		}
	}
}

static void *run(void *arg)
{
	struct writer *w = arg;
	pthread_mutex_lock(&w->lock);
	while (!w->stop || w->queue.len) {
		wait_for_batch(w);
		work(w);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

struct writer *writer_new(const struct writer_options *o)
{
	struct writer *w = xcalloc(1, sizeof(*w));
	sigset_t all, before;
	w->o = *o;
	w->synced_ns = clock_monotonic_ns(&clock_real);
	strbuf_init(&w->queue);
	strbuf_init(&w->error);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	pthread_cond_init(&w->idle, NULL);
	/* signals are the run's */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int err = pthread_create(&w->thread, NULL, run, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err) {
		free(w);
		errno = err;
		return NULL;
	}
	return w;
}

void writer_put(struct writer *w, uint64_t number, struct strview payload)
{
	uint64_t head[2] = {number, payload.n};
	pthread_mutex_lock(&w->lock);
	bool first = w->queue.len == 0;
	strbuf_add(&w->queue, head, sizeof(head));
	strbuf_addsv(&w->queue, payload);
	if (first || w->queue.len >= BATCH_BYTES) {
		pthread_cond_signal(&w->wake);
	}
	pthread_mutex_unlock(&w->lock);
}

int writer_drain(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->drain = true;
	pthread_cond_signal(&w->wake);
	while (w->drain || w->busy) {
		pthread_cond_wait(&w->idle, &w->lock);
	}
	int rc = w->error.len ? -1 : 0;
	pthread_mutex_unlock(&w->lock);
	return rc;
}

const char *writer_error(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	const char *error = w->error.buf;
	pthread_mutex_unlock(&w->lock);
	return error;
}

int writer_free(struct writer *w, struct strbuf *error)
{
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	int rc = w->error.len ? -1 : 0;
	strbuf_addsv(error, strbuf_sv(&w->error));
	strbuf_release(&w->queue);
	strbuf_release(&w->error);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->wake);
	pthread_cond_destroy(&w->idle);
	free(w);
	return rc;
}
