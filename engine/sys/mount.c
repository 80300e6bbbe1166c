#include "sys/mount.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "sys/fs.h"

enum { MOUNTS_MOST = 16 << 20 };

static bool has_option(struct strview options, const char *option)
{
	while (options.n) {
		const char *comma = memchr(options.p, ',', options.n);
		size_t n = comma ? (size_t)(comma - options.p) : options.n;
		if (sv_eq_str(sv_sub(options, 0, n), option)) {
			return true;
		}
		options = sv_skip(options, comma ? n + 1 : n);
	}
	return false;
}

static bool is_one_of(struct strview word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (sv_eq_str(word, list[i])) {
			return true;
		}
	}
	return false;
}

bool mount_words_say_local(struct strview type, struct strview options)
{
	/* as NFS, SMB and Lustre call it */
	static const char *const local[] = {
		"nolock", "local_lock=all", "local_lock=posix", "nobrl", "localflock"};
	/* of the file systems in user space, those whose servers know locks */
	static const char *const shared[] = {"fuse.glusterfs", "fuse.ceph",
		"fuse.ceph-fuse", "fuse.juicefs", "fuse.mfs", "fuse.moosefs",
		"fuse.cvmfs2"};
	for (size_t i = 0; i < CW_ARRAY_LEN(local); i++) {
		if (has_option(options, local[i])) {
			return true;
		}
	}
	return sv_starts(type, sv_from("fuse")) &&
	       !is_one_of(type, shared, CW_ARRAY_LEN(shared));
}

/* The next word of a line, and what is behind it. */
static struct strview take(struct strview *line)
{
	const char *blank = line->n ? memchr(line->p, ' ', line->n) : NULL;
	size_t n = blank ? (size_t)(blank - line->p) : line->n;
	struct strview word = sv_sub(*line, 0, n);
	*line = sv_skip(*line, blank ? n + 1 : n);
	return word;
}

/* Finds the mount `id` in the text of mountinfo: "42 27 0:39 / /at rw,... - nfs4 from rw,...",
 * with any number of words before the dash. */
static bool find(struct strview text, unsigned long long id, bool *ret_local)
{
	char number[32];
	snprintf(number, sizeof(number), "%llu", id);
	while (text.n) {
		const char *nl = memchr(text.p, '\n', text.n);
		size_t n = nl ? (size_t)(nl - text.p) : text.n;
		struct strview line = sv_sub(text, 0, n), options = {0};
		text = sv_skip(text, nl ? n + 1 : n);
		if (!sv_eq_str(take(&line), number)) {
			continue;
		}
		for (int i = 0; i < 5; i++) {
			options = take(&line);
		}
		while (line.n && !sv_eq_str(take(&line), "-")) {
		}
		struct strview type = take(&line);
		take(&line);
		*ret_local = mount_words_say_local(type, options) ||
			     mount_words_say_local(type, take(&line));
		return true;
	}
	return false;
}

bool mount_locks_stay_here(int fd)
{
	struct statx st;
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	bool local = false;
	strbuf_addf(&path, "/proc/self/fd/%d", fd);
	if (fs_is_network(path.buf) &&
		statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) == 0 &&
		st.stx_mask & STATX_MNT_ID &&
		fs_read_file("/proc/self/mountinfo", MOUNTS_MOST, &text) == 0) {
		find(strbuf_sv(&text), st.stx_mnt_id, &local);
	}
	strbuf_release(&path);
	strbuf_release(&text);
	return local;
}
