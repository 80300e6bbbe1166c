/*
 * libgit2, for the files of this room alone. The library and the dozen that it needs take
 * longer to load than a small run takes, so it is loaded when the first repository is
 * looked at, and never linked: call its functions through the table, lib->git_clone(...).
 */
#ifndef CW_GIT_GIT_LIB_H
#define CW_GIT_GIT_LIB_H

#include <git2.h>

#include "base/strbuf.h"

/* Every function of libgit2 that is called: X(name). */
#define GIT_LIB_EACH(X)                                                                  \
	X(git_checkout_options_init)                                                     \
	X(git_checkout_tree)                                                             \
	X(git_clone)                                                                     \
	X(git_clone_options_init)                                                        \
	X(git_commit_free)                                                               \
	X(git_commit_id)                                                                 \
	X(git_credential_ssh_key_from_agent)                                             \
	X(git_error_clear)                                                               \
	X(git_error_last)                                                                \
	X(git_index_free)                                                                \
	X(git_index_get_bypath)                                                          \
	X(git_index_path)                                                                \
	X(git_libgit2_init)                                                              \
	X(git_libgit2_shutdown)                                                          \
	X(git_object_free)                                                               \
	X(git_object_peel)                                                               \
	X(git_odb_hashfile)                                                              \
	X(git_oid_tostr)                                                                 \
	X(git_reference_name_to_id)                                                      \
	X(git_remote_free)                                                               \
	X(git_remote_list)                                                               \
	X(git_remote_lookup)                                                             \
	X(git_remote_url)                                                                \
	X(git_repository_free)                                                           \
	X(git_repository_index)                                                          \
	X(git_repository_open_ext)                                                       \
	X(git_repository_set_head_detached)                                              \
	X(git_repository_workdir)                                                        \
	X(git_revparse_single)                                                           \
	X(git_status_list_entrycount)                                                    \
	X(git_status_list_free)                                                          \
	X(git_status_list_new)                                                           \
	X(git_status_options_init)                                                       \
	X(git_strarray_dispose)

#define GIT_LIB_FIELD(f) __typeof__(f) *f;
struct git_lib {
	GIT_LIB_EACH(GIT_LIB_FIELD)
};
#undef GIT_LIB_FIELD

/*
 * Loads the library and sets it up; returns owned, git_lib_free. It stays in memory when
 * the last table is freed. NULL where it cannot be loaded or is another version than this
 * program was built with; then words for it are appended to `error` (NULL: nobody asks).
 */
struct git_lib *git_lib_new(struct strbuf *error);
void git_lib_free(struct git_lib *lib); /* NULL is fine */

#endif
