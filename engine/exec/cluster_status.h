/*
 * What schedulers say, read: the id that a submit command prints, the states that a status
 * command prints, and what the words mean.
 */
#ifndef CW_EXEC_CLUSTER_STATUS_H
#define CW_EXEC_CLUSTER_STATUS_H

#include "base/strbuf.h"
#include "base/vec.h"

enum cluster_state {
	CLUSTER_UNKNOWN, /* not told: no evidence of anything */
	CLUSTER_WAITING, /* in the queue, to be started again */
	CLUSTER_HELD,    /* waits for a person to release it */
	CLUSTER_RUNNING,
	CLUSTER_SUCCESS,
	CLUSTER_FAILED,
	CLUSTER_LOST,  /* gone through no fault of the job: node, preemption */
	CLUSTER_STUCK, /* will never start or end by itself: failed, and cancelled */
};

/* Words of a scheduler: patterns as of fnmatch(3), upper and lower case alike, looked for
 * in order; a reason ("JobHeldUser") may be named as well as a state. */
struct state_word {
	const char *pattern;
	enum cluster_state state;
};

struct state_map {
	VEC(struct state_word) words; /* strings are borrowed */
};

/* The state that `word`, or failing that `reason`, stands for; the words running, waiting,
 * pending, held, success, failed, lost, stuck mean themselves. CLUSTER_UNKNOWN: no such word. */
enum cluster_state state_map_look(
	const struct state_map *m, struct strview word, struct strview reason);

/* The name of a state, as a profile has it: "running"; CLUSTER_UNKNOWN: no such name. */
enum cluster_state cluster_state_by_name(struct strview name);

/* One line "ID STATE [EXIT] [exit=N] [name=NAME] [reason=THE REST]". */
struct status_line {
	struct strview id, state, name, reason;
	int exit; /* -1: not told */
};

/* Takes the next such line off *text. False at the end. Lines of one word have no id. */
bool status_line_next(struct strview *text, struct status_line *ret);

/*
 * The id in what a submit command printed: what the first group of `pattern` matches (a
 * regular expression, for one line), or without one: a line that is nothing but an id ("123",
 * "123.server", "123;cluster"), else the number behind "job" ("Submitted batch job 123",
 * "Job <123>", "Your job 123"), else a line of one word with a digit, else the first
 * number, else a line of one word.
 * What follows a ; is cut off, so is the array part of "3.1-6:2". 0, or -1.
 */
int cluster_id_find(struct strview text, const char *pattern, struct strbuf *ret);

/* Whether `id` may be put into a command: letters, digits and . _ - [ ] : @ # +, no dash
 * first, at most 128 bytes. */
bool cluster_id_is_good(struct strview id);

/* Whether a submission that failed with these words may be tried again. */
bool submit_is_transient(struct strview words);

#endif
