/*
 * Modules that lie in git repositories: a clone a commit, kept for offline use. https, ssh
 * (keys of the agent) and file addresses.
 */
#ifndef CW_GIT_GIT_MODULE_H
#define CW_GIT_GIT_MODULE_H

#include "base/strbuf.h"

struct git_module {
	const char *url;
	const char *ref;    /* tag, branch or commit; NULL: the default branch */
	const char *commit; /* hex: that one and no other; NULL: what the ref is now */
	const char *cache;  /* folder of the clones; made if need be */
};

/*
 * Makes a clone be there. Appends its folder and its commit. A clone of the wanted commit
 * that is in the cache is taken without asking the network, unless files in it were
 * changed. 0, or -1 with words for what is wrong in *error (one line).
 */
int git_module_get(const struct git_module *m, struct strbuf *ret_folder,
	struct strbuf *ret_commit, struct strbuf *error);

#endif
