#include "dag/stat_ahead.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "dag/dag.h"
#include "dag/stat_look.h"

struct stat_ahead {
	struct stat_ahead_source source;
	pthread_t thread;
	bool joined;
	atomic_bool stop;
	struct ahead_files files;
	struct stamp_seen *seen;
	uint32_t done; /* of files; read when the thread has ended */
};

/* The path at `*at`, which moves behind it; false: there is no more. */
static bool next_path(const struct ahead_files *files, size_t *at, struct strview *ret)
{
	const char *p = files->paths.p + *at;
	const char *end = memchr(p, '\0', files->paths.n - *at);
	if (!end) {
		return false;
	}
	*ret = (struct strview){p, (size_t)(end - p)};
	*at += ret->n + 1;
	return true;
}

static void *look_ahead(void *arg)
{
	struct stat_ahead *a = arg;
	struct folders folders = {.next = 0};
	struct strview path;
	size_t at = 0;
	if (!a->source.load(a->source.ctx, &a->files) || !a->files.count) {
		return NULL;
	}
	a->seen = xreallocarray(NULL, a->files.count, sizeof(*a->seen));
	while (a->done < a->files.count && !atomic_load(&a->stop) &&
		next_path(&a->files, &at, &path)) {
		a->seen[a->done++] = stat_look(&folders, path);
	}
	folders_close(&folders);
	return NULL;
}

struct stat_ahead *stat_ahead_new(const struct stat_ahead_source *source)
{
	sigset_t all, before;
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		return NULL;
	}
	struct stat_ahead *a = xcalloc(1, sizeof(*a));
	a->source = *source;
	atomic_init(&a->stop, false);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_create(&a->thread, NULL, look_ahead, a);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc != 0) {
		free(a);
		return NULL;
	}
	return a;
}

static void end_thread(struct stat_ahead *a)
{
	if (!a->joined) {
		atomic_store(&a->stop, true);
		pthread_join(a->thread, NULL);
		a->joined = true;
	}
}

void stat_ahead_free(struct stat_ahead *a)
{
	if (a) {
		end_thread(a);
		free(a->seen);
		free(a);
	}
}

void stat_ahead_take(struct stat_ahead *a, struct dag *d)
{
	struct strview path;
	size_t at = 0;
	end_thread(a);
	for (uint32_t i = 0; i < a->done && next_path(&a->files, &at, &path); i++) {
		uint32_t file = a->files.numbers[i];
		if (file >= d->paths.count || d->file_flags[file] & FILE_KNOWN ||
			!sv_eq(dag_path(d, file), path)) {
			continue;
		}
		dag_set_stamp(d, file, &a->seen[i]);
	}
	a->done = 0;
}
