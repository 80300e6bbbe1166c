/*
 * Which outputs are being made right now, in a file that outlives the engine: mapped
 * memory, so that a note costs no system call, and a kill at any moment loses nothing.
 * Whoever finds notes of a dead run removes what they name: it is unfinished.
 */
#ifndef CW_SCHED_RUNNING_FILE_H
#define CW_SCHED_RUNNING_FILE_H

#include "exec/executor.h"

struct running_file {
	const char *state_dir; /* borrowed */
	char *map;             /* `slots` pages; NULL: none could be had */
	uint32_t slots, ready; /* pages that have their place on the disk */
	int fd;
};

/* Begins with no notes, room for `slots` jobs at once. Without it (read-only folder, full
 * disk) a run goes on, its notes are lost. */
void running_file_open(struct running_file *f, const char *state_dir, uint32_t slots);

/* Closes and removes it. */
void running_file_close(struct running_file *f);

/* From now on the outputs of `spec` (but those to `resume`) are unfinished / no more. */
void running_file_note(
	struct running_file *f, uint32_t slot, const struct job_spec *spec);
void running_file_clear(struct running_file *f, uint32_t slot);

/* Removes the outputs that a dead run's notes name, and the notes; how many jobs. */
uint32_t running_file_recover(const char *state_dir);

#endif
