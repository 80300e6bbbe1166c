/* What the mount that a file lies on promises. */
#ifndef CW_SYS_MOUNT_H
#define CW_SYS_MOUNT_H

#include "base/strview.h"

/* Whether locks taken on the open file `fd` are unknown to other hosts that have the same
 * file: no network file system, false. Where nobody can tell, false. */
bool mount_locks_stay_here(int fd);

/* The same of a network file system by the words of /proc/self/mountinfo: its type
 * ("nfs4"), and the options of the mount and of the file system, with commas. */
bool mount_words_say_local(struct strview type, struct strview options);

#endif
