/*
 * What the commands that sample have in common: the problem, its fingerprint, the
 * sampler, progress, signals and the time limit; and how the result gets into place.
 */
#ifndef CW_ABC_ABC_SESSION_H
#define CW_ABC_ABC_SESSION_H

#include "abc/abc_cli.h"
#include "abc/smc.h"

struct session {
	const struct abc_options *options;
	struct source_set sources;
	struct diag_sink sink;
	struct problem problem;
	struct fingerprint fingerprint;
	struct archive archive;
	struct progress progress;
	struct history_writer writer;
	struct sampler sampler;
	struct smc smc;
	bool has_progress;
	struct strbuf err;
};

/* Reads the problem and its models' digests. Anything but ABC_OK: printed, and
 * session_release is to be called all the same. */
enum abc_exit session_open(struct session *s, const struct abc_options *o);
void session_release(struct session *s);

/* Enters OUTPUT.part and opens the sampler. */
enum abc_exit session_start(struct session *s);

/* Writes the archive to OUTPUT by way of OUTPUT.part, which goes. */
enum abc_exit session_finish(struct session *s);

/* The exit status of a pause: by signal or time; says how to go on. */
enum abc_exit session_paused(struct session *s);

/* Generation 0 without --previous: makes the calibration sample where one is needed.
 * ABC_OK, or what session_paused or session_fail gave. */
enum abc_exit session_calibrate(struct session *s);

/* Why no generation follows, into archive.stop_reason; true where there is a reason. */
bool session_has_ended(struct session *s);

/* Loads --previous and checks that generation --t follows on it. */
enum abc_exit session_load_previous(struct session *s);

/* Prints s->err as an error. */
enum abc_exit session_fail(struct session *s);

#endif
