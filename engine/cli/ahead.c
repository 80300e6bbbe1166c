#include "cli/ahead.h"

#include <sys/stat.h>

#include "cli/records.h"
#include "sys/fs.h"

/* A smaller snapshot is of some ten thousand files, which take no time. */
enum { SNAPSHOT_LEAST = 2 << 20 };

#define SNAPSHOT STATE_DIR "/snapshot"

static bool load(void *ctx, struct ahead_files *ret)
{
	struct ahead *a = ctx;
	if (snapshot_load_paths(&a->snapshot, SNAPSHOT, fs_is_network(STATE_DIR)) != 0) {
		return false;
	}
	const struct snapshot_memory *paths = &a->snapshot.part[SNAPSHOT_PATHS],
				     *numbers = &a->snapshot.part[SNAPSHOT_NUMBERS];
	a->loaded = true;
	*ret = (struct ahead_files){.paths = {paths->p, paths->n},
		.numbers = (const void *)numbers->p,
		.count = (uint32_t)(numbers->n / sizeof(*ret->numbers))};
	return true;
}

void ahead_begin(struct ahead *a)
{
	struct stat st;
	const char *off = getenv("CWFLOW_STATE");
	*a = (struct ahead){.loaded = false};
	if (stat(SNAPSHOT, &st) == 0 && st.st_size >= SNAPSHOT_LEAST && !off) {
		struct stat_ahead_source source = {load, a};
		a->stamps = stat_ahead_new(&source);
	}
}

void ahead_end(struct ahead *a)
{
	stat_ahead_free(a->stamps);
	a->stamps = NULL;
	if (a->loaded) {
		snapshot_release(&a->snapshot);
		a->loaded = false;
	}
}
