/*
 * What git knows of a folder: commit, remote, whether the tree is dirty; and the blob ids
 * of files whose entry in the index is clean, which stand for contents without the files
 * being read. The only room that knows libgit2.
 */
#ifndef CW_GIT_GIT_REPO_H
#define CW_GIT_GIT_REPO_H

#include "base/hash.h"
#include "base/strbuf.h"

struct git_repo;

/* The repository that `folder` lies in, or NULL where there is none, it cannot be read, or
 * libgit2 is not to be had. Returns owned, git_repo_free. */
struct git_repo *git_repo_open(const char *folder);
void git_repo_free(struct git_repo *r); /* NULL is fine */

/* Appends the commit of HEAD in hex; nothing where there is none yet. */
void git_repo_commit(struct git_repo *r, struct strbuf *out);

/* Appends the URL of the remote `origin`, or of the first, without its password; nothing
 * where there is none. */
void git_repo_remote(struct git_repo *r, struct strbuf *out);

/* Whether tracked files differ from HEAD: 1, 0, or -1 where that cannot be told. Looks at
 * the whole tree. */
int git_repo_dirty(struct git_repo *r);

/* Whether the file at the absolute `path`, of that size, time and inode, is as the index
 * has it, told by these alone; then *ret is the first 16 bytes of its blob id. A time as
 * young as the index itself proves nothing. */
bool git_repo_clean_blob(struct git_repo *r, const char *path, int64_t size,
	int64_t mtime_ns, uint64_t ino, struct digest *ret);

/* The same bytes of the id that git would give the file as it is now. 0, or -1. */
int git_blob_of_file(struct git_repo *r, const char *path, struct digest *ret);

#endif
