#include "state/writer.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

struct writer {
	struct writer_options o;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake, idle;
	struct strbuf queue; /* frames */
	struct strbuf error;
	bool stop, drain, busy;
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

int writer_apply(const struct writer_options *o, struct strview frames)
{
	uint32_t count;
	if (!*o->is_open) {
		/* also where that fails: then it is to be closed */
		*o->is_open = true;
		if (state_db_open(o->db, o->path, STATE_DB_WRITE, o->network,
			    o->identity) != 0) {
			return -1;
		}
	}
	if (state_db_apply_frames(o->db, frames, &count) != 0) {
		return -1;
	}
	return state_db_commit(o->db);
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
	if (!drain) {
		fdatasync(w->o.journal_fd);
	}
	if (!dead &&
		((batch.len && writer_apply(&w->o, strbuf_sv(&batch)) != 0) ||
			(drain && *w->o.is_open && state_db_checkpoint(w->o.db) != 0))) {
		fail(w);
	}
	strbuf_release(&batch);
	pthread_mutex_lock(&w->lock);
	w->busy = false;
	w->drain = w->drain && w->queue.len > 0;
	pthread_cond_broadcast(&w->idle);
}

static void *run(void *arg)
{
	struct writer *w = arg;
	pthread_mutex_lock(&w->lock);
	while (!w->stop || w->queue.len) {
		while (!w->queue.len && !w->stop && !w->drain) {
			pthread_cond_wait(&w->wake, &w->lock);
		}
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

void writer_put(struct writer *w, struct strview frames)
{
	pthread_mutex_lock(&w->lock);
	strbuf_addsv(&w->queue, frames);
	pthread_cond_signal(&w->wake);
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
