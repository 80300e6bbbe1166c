#include "state/writer.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "state/journal.h"

/* Frames are written in pieces of that size. */
#define PIECE_MOST (UINT64_C(16) << 20)

struct writer {
	struct writer_options o;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake, idle;
	uint64_t from, end;   /* frames that wait */
	struct strbuf frames; /* the thread's, kept from one time to the next */
	struct strbuf error;
	bool stop, drain, busy;
};

/* Frames, as they stand in the journal, in one transaction. */
static int apply_piece(const struct writer_options *o, struct strview frames)
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

static int say_why(const struct writer_options *o, struct strbuf *error)
{
	const char *why = *o->is_open ? db_error(&o->db->db) : "";
	strbuf_addstr(error, *why ? why : "unknown error");
	return -1;
}

/* `frames`: memory for them. */
static int apply(const struct writer_options *o, uint64_t from, uint64_t end,
	struct strbuf *frames, struct strbuf *error)
{
	int rc = 0;
	do {
		strbuf_reset(frames);
		if (journal_read(o->journal_fd, from, end, PIECE_MOST, frames) != 0) {
			strbuf_addf(
				error, "cannot read the journal: %s", strerror(errno));
			rc = -1;
		} else if (apply_piece(o, strbuf_sv(frames)) != 0) {
			rc = say_why(o, error);
		}
		from += frames->len;
	} while (rc == 0 && from < end);
	return rc;
}

int writer_apply(
	const struct writer_options *o, uint64_t from, uint64_t end, struct strbuf *error)
{
	struct strbuf frames = STRBUF_INIT;
	int rc = apply(o, from, end, &frames, error);
	strbuf_release(&frames);
	return rc;
}

/* Takes the queue. `w->lock` is held at both ends. */
static void work(struct writer *w)
{
	struct strbuf error = STRBUF_INIT;
	uint64_t from = w->from, end = w->end;
	bool dead = w->error.len > 0;
	bool drain = w->drain || w->stop;
	w->from = end;
	w->busy = true;
	pthread_mutex_unlock(&w->lock);
	if (!drain) {
		fdatasync(w->o.journal_fd);
	}
	if (!dead && (from == end || apply(&w->o, from, end, &w->frames, &error) == 0) &&
		drain && *w->o.is_open && state_db_checkpoint(w->o.db) != 0) {
		say_why(&w->o, &error);
	}
	pthread_mutex_lock(&w->lock);
	strbuf_addsv(&w->error, strbuf_sv(&error));
	strbuf_release(&error);
	w->busy = false;
	w->drain = w->drain && w->from < w->end;
	pthread_cond_broadcast(&w->idle);
}

static void *run(void *arg)
{
	struct writer *w = arg;
	pthread_mutex_lock(&w->lock);
	while (!w->stop || w->from < w->end) {
		while (w->from == w->end && !w->stop && !w->drain) {
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
	strbuf_init(&w->error);
	strbuf_init(&w->frames);
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

void writer_put(struct writer *w, uint64_t from, uint64_t end)
{
	pthread_mutex_lock(&w->lock);
	w->from = w->from < w->end ? w->from : from;
	w->end = end;
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
	strbuf_release(&w->error);
	strbuf_release(&w->frames);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->wake);
	pthread_cond_destroy(&w->idle);
	free(w);
	return rc;
}
