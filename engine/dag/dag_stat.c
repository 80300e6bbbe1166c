/* Stamps of files, by several threads where they are many. */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "dag/builder.h"
#include "dag/stat_ahead.h"
#include "dag/stat_look.h"

enum { FILES_PER_THREAD = 20000, THREADS_MOST = 4, STRETCH = 4096 };

/* Files are given out in stretches, so that no thread waits for a slower one. */
struct stat_work {
	struct dag *d;
	enum stat_what what;
	_Atomic uint32_t next;
};

void dag_set_stamp(struct dag *d, uint32_t file, const struct stamp_seen *seen)
{
	uint8_t *flags = &d->file_flags[file];
	*flags = (uint8_t)((*flags & ~FILE_EXISTS) | seen->flags);
	if (seen->flags & FILE_EXISTS) {
		d->mtime[file] = seen->mtime;
		d->size[file] = seen->size;
	}
}

static bool is_asked(const struct dag *d, uint32_t file, enum stat_what what)
{
	uint8_t flags = d->file_flags[file];
	if (!(flags & FILE_NEEDED) || flags & FILE_KNOWN) {
		return false;
	}
	switch (what) {
	case STAT_SOURCES: /* whether they are there is all that matters as yet */
		return d->producer[file] == DAG_NONE && !(flags & FILE_EXISTS);
	case STAT_MADE:
		return d->producer[file] != DAG_NONE;
	case STAT_ASKED:
		return flags & FILE_ASKED;
	case STAT_ALL:
		break;
	}
	return true;
}

static void *stat_stretches(void *arg)
{
	struct stat_work *w = arg;
	struct folders folders = {.next = 0};
	uint32_t files = w->d->paths.count;
	for (;;) {
		uint32_t from = atomic_fetch_add(&w->next, STRETCH);
		if (from >= files) {
			break;
		}
		for (uint32_t f = from; f < files && f - from < STRETCH; f++) {
			if (is_asked(w->d, f, w->what)) {
				struct stamp_seen seen =
					stat_look(&folders, dag_path(w->d, f));
				dag_set_stamp(w->d, f, &seen);
			}
		}
	}
	folders_close(&folders);
	return NULL;
}

/* Rows of stamps: the build, and what is read later, may bring new names between two
 * looks. */
static void need_stamps(struct dag *d)
{
	uint32_t files = d->paths.count;
	if (d->stamp_cap >= files) {
		return;
	}
	d->mtime = xreallocarray(d->mtime, files, sizeof(*d->mtime));
	if (d->size) {
		d->size = xreallocarray(d->size, files, sizeof(*d->size));
		memset(d->size + d->stamp_cap, 0,
			(files - d->stamp_cap) * sizeof(*d->size));
	} else {
		d->size = xcalloc(files, sizeof(*d->size));
	}
	d->stamp_cap = files;
}

static uint32_t count_asked(const struct dag *d, enum stat_what what)
{
	uint32_t n = 0;
	for (uint32_t f = 0; f < d->paths.count; f++) {
		n += is_asked(d, f, what);
	}
	return n;
}

static uint32_t threads_for(uint32_t files)
{
	uint32_t threads = files / FILES_PER_THREAD + 1;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	threads = threads > THREADS_MOST ? THREADS_MOST : threads;
	return cpus > 0 && threads > (uint32_t)cpus ? (uint32_t)cpus : threads;
}

void stat_files(struct dag *d, enum stat_what what)
{
	need_stamps(d);
	uint32_t asked = count_asked(d, what);
	if (asked && d->ahead) {
		stat_ahead_take(d->ahead, d);
		d->ahead = NULL;
		asked = count_asked(d, what);
	}
	if (!asked) {
		return;
	}
	struct stat_work work = {.d = d, .what = what};
	pthread_t ids[THREADS_MOST];
	uint32_t started = 0;
	for (uint32_t t = 1; t < threads_for(asked); t++) {
		started +=
			pthread_create(&ids[started], NULL, stat_stretches, &work) == 0;
	}
	stat_stretches(&work);
	for (uint32_t t = 0; t < started; t++) {
		pthread_join(ids[t], NULL);
	}
}

/* A folder where a file is declared, or the reverse, is not what the rule makes. */
static void forget_misfits(struct dag *d)
{
	for (uint32_t j = 0; j < d->job_count; j++) {
		const struct rule *rule = dag_rule(d, j);
		const uint32_t *files = dag_products(d, j);
		for (uint32_t k = 0; k < rule->output_count; k++) {
			uint8_t *flags = &d->file_flags[files[k]];
			bool folder = rule->products[k].flags & PRODUCT_DIRECTORY;
			if (*flags & FILE_KNOWN && *flags & FILE_EXISTS &&
				folder != ((*flags & FILE_FOLDER) != 0)) {
				*flags &= (uint8_t) ~(FILE_EXISTS | FILE_FOLDER);
			}
		}
	}
}

void dag_stat(struct dag *d)
{
	stat_files(d, STAT_ALL);
	forget_misfits(d);
}

void dag_stat_made(struct dag *d)
{
	stat_files(d, STAT_MADE);
	forget_misfits(d);
}

void dag_stat_asked(struct dag *d)
{
	stat_files(d, STAT_ASKED);
}
