/* Looking at files: stamps, and digests of what is in them. */
#ifndef CW_STATE_CONTENT_H
#define CW_STATE_CONTENT_H

#include "state/state.h"
#include "sys/fs.h"

/*
 * What is at `path`, through links: stamp, device and inode of *ret; its content is
 * CONTENT_NONE (but of an empty file that of no bytes) and its job STATE_NONE. Of a folder the stamp is that of its tree: the sum
 * of sizes and the latest time (every entry is looked at). 0, or -1 with errno where
 * nothing is there.
 */
int content_look(const char *path, struct known_file *ret);

/* The same of a file that was looked at already; no folder. */
void content_from(const struct fs_stat *st, struct known_file *ret);

/*
 * The same; of a small file, of at most `most` bytes (0: any), the content, too, which
 * costs little more than the look.
 */
int content_take(const char *path, int64_t most, struct known_file *ret);

/*
 * Fills known->content for what content_look said: CONTENT_BYTES or CONTENT_TREE, of
 * files up to `most` bytes (0: any size); else, and for what is no file or folder, cannot
 * be read or is changing meanwhile, CONTENT_STAMP. Reads all of it.
 */
void content_read(const char *path, int64_t most, struct known_file *known);

/* Whether the content of a file is known as well as it can be: a stamp is not, where the
 * file is small enough to be read. */
bool content_is_settled(const struct known_file *known, int64_t most);

/* The content that a stamp stands for. */
struct content content_of_stamp(struct stamp stamp);

/* "xxh3:..." with 32 digits, "git:..."; for people. */
void content_text(struct content c, struct strbuf *out);

#endif
