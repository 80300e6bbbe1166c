/* libgit2, for the files of this room alone. */
#ifndef CW_GIT_GIT_LIB_H
#define CW_GIT_GIT_LIB_H

#include <git2.h>

#endif
