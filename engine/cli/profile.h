/*
 * Profiles: YAML files of long option names and their values, with words and states for a
 * cluster. Layers, the first that says something counts: the command line, the profile
 * (--profile, else CWFLOW_PROFILE, else `profile:` of the files below) and the one it
 * builds on by its own `profile:`, ~/.config/cwflow/config.yaml, /etc/cwflow/config.yaml.
 */
#ifndef CW_CLI_PROFILE_H
#define CW_CLI_PROFILE_H

#include "base/strview.h"

struct session;

/* Lays the profiles under the options of the command line. 0, or -1 with errors in the
 * session's sink. */
int profiles_read(struct session *s);

/* Calls `name` with each profile that can be named without a path, the user's first; the same
 * name may come again. False from it ends this. */
void profiles_each(
	const struct session *s, bool (*name)(void *ctx, struct strview name), void *ctx);

#endif
