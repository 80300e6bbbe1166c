/*
 * How jobs go to a cluster, as the options and profiles say it: templates of commands,
 * words for them, what the scheduler's states mean, rates.
 */
#ifndef CW_CLI_CLUSTER_SETTINGS_H
#define CW_CLI_CLUSTER_SETTINGS_H

#include "base/vec.h"
#include "exec/cluster_status.h"
#include "pattern/template.h"

struct yaml_tree_node;

/* A text of a profile or the command line, and where it stands. */
struct cluster_text {
	struct strview text; /* p NULL: not given */
	struct span span;
	const struct yaml_tree_node *node; /* where it is in a profile, or NULL */
	const struct source_set *sources;
	struct template t;
};

struct cluster_word {
	struct strview name;
	struct cluster_text value;
};

struct cluster_settings {
	bool on; /* there is a submit command */
	struct cluster_text submit, status, cancel;
	VEC(struct cluster_word) words; /* {cluster.NAME} */
	struct state_map states;
	const char *id_pattern; /* or NULL */
	bool array, array_said;
	const char *array_id; /* "{id}_{n}" */
	bool array_from_zero;
	int64_t array_most;
	int64_t lost_s; /* unknown to the scheduler for so long: lost */
	/* worked out of the options by cluster_settings_read() */
	bool status_one_by_one;
	double submits_per_second, statuses_per_second; /* 0: as fast as it goes */
	int64_t jobs;                                   /* submissions in flight */
	int64_t max_threads;                            /* of submitted jobs; 0: no cap */
	int64_t bundle_minutes; /* of short jobs in one submission; 0: each alone */
};

struct session;

void cluster_settings_init(struct cluster_settings *c);
void cluster_settings_release(struct cluster_settings *c);

/* Reads templates and numbers, once all options and profiles are known. 0, or -1 with
 * errors in the session's sink. */
int cluster_settings_read(struct session *s);

/* The word of that name, or NULL. */
const struct cluster_word *cluster_word_find(
	const struct cluster_settings *c, struct strview name);

#endif
