#include "state/hasher.h"

#include <pthread.h>
#include <signal.h>

enum { MOST_THREADS = 8 };

struct task {
	uint64_t tag;
	char *path; /* owned */
	int64_t most;
	struct known_file known;
};

struct hasher {
	pthread_mutex_t lock;
	pthread_cond_t wake, ready;
	pthread_t threads[MOST_THREADS];
	uint32_t most_threads, thread_count, idle;
	VEC(struct task) tasks, results;
	size_t next;   /* task that is given out next */
	size_t undone; /* tasks without a result */
	bool stop;
};

struct hasher *hasher_new(uint32_t threads)
{
	struct hasher *h = xcalloc(1, sizeof(*h));
	h->most_threads = threads < 1              ? 1
			  : threads > MOST_THREADS ? MOST_THREADS
						   : threads;
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->wake, NULL);
	pthread_cond_init(&h->ready, NULL);
	return h;
}

static void *work(void *arg)
{
	struct hasher *h = arg;
	pthread_mutex_lock(&h->lock);
	while (!h->stop) {
		if (h->next == h->tasks.n) {
			h->idle++;
			pthread_cond_wait(&h->wake, &h->lock);
			h->idle--;
			continue;
		}
		struct task t = h->tasks.v[h->next++];
		pthread_mutex_unlock(&h->lock);
		content_read(t.path, t.most, &t.known);
		free(t.path);
		t.path = NULL;
		pthread_mutex_lock(&h->lock);
		vec_push(&h->results, t);
		pthread_cond_signal(&h->ready);
	}
	pthread_mutex_unlock(&h->lock);
	return NULL;
}

void hasher_free(struct hasher *h)
{
	if (!h) {
		return;
	}
	pthread_mutex_lock(&h->lock);
	h->stop = true;
	pthread_cond_broadcast(&h->wake);
	pthread_mutex_unlock(&h->lock);
	for (uint32_t i = 0; i < h->thread_count; i++) {
		pthread_join(h->threads[i], NULL);
	}
	for (; h->next < h->tasks.n; h->next++) {
		free(h->tasks.v[h->next].path);
	}
	vec_release(&h->tasks);
	vec_release(&h->results);
	pthread_mutex_destroy(&h->lock);
	pthread_cond_destroy(&h->wake);
	pthread_cond_destroy(&h->ready);
	free(h);
}

/* One thread more, with no signals of its own. The lock is held. */
static void start_thread(struct hasher *h)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&h->threads[h->thread_count], NULL, work, h) == 0) {
		h->thread_count++;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void hasher_put(struct hasher *h, uint64_t tag, const char *path, int64_t most,
	const struct known_file *known)
{
	struct task t = {tag, xstrdup(path), most, *known};
	pthread_mutex_lock(&h->lock);
	if (h->next == h->tasks.n) {
		vec_clear(&h->tasks); /* all were given out */
		h->next = 0;
	}
	vec_push(&h->tasks, t);
	h->undone++;
	if (h->idle == 0 && h->thread_count < h->most_threads) {
		start_thread(h);
	}
	pthread_cond_signal(&h->wake);
	bool helpless = h->thread_count == 0;
	pthread_mutex_unlock(&h->lock);
	if (helpless) { /* no thread could be had */
		h->next++;
		content_read(t.path, t.most, &t.known);
		free(t.path);
		vec_push(&h->results, t);
	}
}

bool hasher_take(
	struct hasher *h, bool wait, uint64_t *ret_tag, struct known_file *ret_known)
{
	pthread_mutex_lock(&h->lock);
	while (wait && h->undone && !h->results.n) {
		pthread_cond_wait(&h->ready, &h->lock);
	}
	bool found = h->results.n > 0;
	if (found) {
		struct task t = vec_pop(&h->results);
		h->undone--;
		*ret_tag = t.tag;
		*ret_known = t.known;
	}
	pthread_mutex_unlock(&h->lock);
	return found;
}
