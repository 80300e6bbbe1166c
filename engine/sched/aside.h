/* Files put aside under STATE_DIR/aside, where a later run can find whose they are. */
#ifndef CW_SCHED_ASIDE_H
#define CW_SCHED_ASIDE_H

/* Moves `path` aside. 0 with *ret_kept (owned) where it is now and *ret_record (owned, or
 * NULL) a file that tells a later run; -1 with errno, nothing moved. `job` makes names
 * unique where the path cannot be one. */
int aside_put(const char *state_dir, const char *path, uint32_t job, char **ret_kept,
	char **ret_record);

/* Moves it back, over what is there; 0, or -1 with errno. */
int aside_restore(const char *kept, const char *path);

/* Whether `path` was put aside by an earlier run; where, as aside_put() tells. */
bool aside_find(
	const char *state_dir, const char *path, char **ret_kept, char **ret_record);

/* Moves back what an earlier run left but for the paths that `keep` says; how many. */
uint32_t aside_recover_others(
	const char *state_dir, bool (*keep)(void *ctx, const char *path), void *ctx);

/* Moves everything back that an earlier run left; how many. */
uint32_t aside_recover(const char *state_dir);

#endif
