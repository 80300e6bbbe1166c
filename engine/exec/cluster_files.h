/*
 * The folder of cluster jobs (.cwflow/cluster) as the engine sees it: claims, exit
 * statuses, and news of them as they come. See jobscript.h for the names.
 */
#ifndef CW_EXEC_CLUSTER_FILES_H
#define CW_EXEC_CLUSTER_FILES_H

#include "exec/jobscript.h"

struct loop;

/* Appends DIR/TAG.SUFFIX. */
void cluster_path(
	struct strbuf *out, const char *dir, const char *tag, const char *suffix);

/*
 * The engine gives a job up that was submitted: true where it had not begun and never
 * will, since the claim is the engine's now. False: it has begun (or the folder cannot be
 * written, errno).
 */
bool cluster_claim(const char *dir, const char *tag);

/* The claim of a job that had begun becomes the engine's, so that the scheduler cannot
 * run it again. */
void cluster_claim_by_force(const char *dir, const char *tag);

/* Whether the job has begun. */
bool cluster_has_begun(const char *dir, const char *tag);

/* Where a job that has begun runs, as its script tells: the scheduler's number for it ("-"
 * where it has none), and, in an array, the place of the member (else -1). False: it has
 * not begun. */
bool cluster_runner(
	const char *dir, const char *tag, struct strbuf *ret_id, int64_t *ret_place);

/* Reads TAG.status. 0, or -1 where there is none (or not yet a whole one). */
int cluster_read_status(const char *dir, const char *tag, struct jobscript_status *ret);

/* Removes the files of a job that is over; those that a person may want to look at stay
 * where `keep` (script, output, the scheduler's log). The claim goes last. */
void cluster_remove_files(const char *dir, const char *tag, bool keep);

/*
 * News of finished jobs: `came` is called with the tag of each TAG.status that appears.
 * On file systems of this host by inotify and now and then a look; on others by looks
 * that grow rarer while nothing comes, from 0.1 s to 5 s.
 */
struct cluster_watch;
struct cluster_watch *cluster_watch_new(struct loop *loop, const char *dir,
	void (*came)(void *ctx, const char *tag), void *ctx); /* returns owned */
void cluster_watch_free(struct cluster_watch *w);

/* Looks now, with the folder read again. */
void cluster_watch_look(struct cluster_watch *w);

/* There is something to wait for, or nothing: without it no timer runs. */
void cluster_watch_wanted(struct cluster_watch *w, bool wanted);

#endif
