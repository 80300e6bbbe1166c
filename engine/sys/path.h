/* Paths as bytes: only NUL and `/` are special. */
#ifndef CW_SYS_PATH_H
#define CW_SYS_PATH_H

#include "base/strbuf.h"

/*
 * Appends the normal form of `path`: without `.` parts, doubled slashes and trailing
 * slashes; `..` is kept (it may cross a link). An absolute path below `workdir` (absolute,
 * normal; may be empty: none) becomes the relative one. "" and "." give ".".
 */
void path_normalise(struct strbuf *out, struct strview path, struct strview workdir);

/* Whether `path` is in that form already; the quick test before path_normalise. */
bool path_is_normal(struct strview path);

/* The folder part ("a/b" of "a/b/c", "/" of "/x", "." of "x") and the last part. */
struct strview path_dir(struct strview path);
struct strview path_name(struct strview path);

/* dir + "/" + name, or `name` alone where it is absolute or dir is "" or ".". */
void path_join(struct strbuf *out, struct strview dir, struct strview name);

#endif
