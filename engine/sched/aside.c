#include "sched/aside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/vec.h"
#include "base/xalloc.h"
#include "sys/fs.h"
#include "sys/path.h"

/*
 * Names in the folder: the output's path with '/' and '%' as %2F and %25; or, where that
 * is too long or the output is on another file system, "@JOB-N" with a record that holds
 * place and path, each with a NUL. "#JOB-N" is a place that a record names.
 */
static void add_escaped(struct strbuf *out, const char *path)
{
	for (const char *p = path; *p; p++) {
		bool special = *p == '/' || *p == '%' ||
			       (p == path && (*p == '@' || *p == '#' || *p == '.'));
		if (special) {
			strbuf_addf(out, "%%%02X", (unsigned char)*p);
		} else {
			strbuf_addch(out, *p);
		}
	}
}

static int hex_value(char c)
{
	const char *digits = "0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

/* The path of an escaped name; false where it is none. */
static bool unescape(const char *name, struct strbuf *out)
{
	for (const char *p = name; *p; p++) {
		if (*p != '%') {
			strbuf_addch(out, *p);
			continue;
		}
		int a = hex_value(p[1]), b = a < 0 ? -1 : hex_value(p[2]);
		if (b < 0) {
			return false;
		}
		strbuf_addch(out, (char)(a * 16 + b));
		p += 2;
	}
	return out->len > 0;
}

/* rename, and if the folder for asides is missing, makes it and tries again. */
static int move_into(const char *state_dir, const char *path, const char *kept)
{
	if (rename(path, kept) == 0) {
		return 0;
	}
	if (errno == ENOENT || errno == ENOTDIR) {
		struct strbuf dir = STRBUF_INIT;
		strbuf_addf(&dir, "%s/aside", state_dir);
		int rc = fs_make_dirs(AT_FDCWD, dir.buf);
		strbuf_release(&dir);
		return rc < 0 ? -1 : rename(path, kept);
	}
	if (errno == EISDIR || errno == ENOTEMPTY || errno == EEXIST) {
		/* the remains of an earlier one */
		return fs_remove_tree(AT_FDCWD, kept) < 0 ? -1 : rename(path, kept);
	}
	return -1;
}

/* Writes a record, making the folder where it is missing. */
static int write_record(const char *state_dir, const char *record, struct strview text)
{
	struct strbuf dir = STRBUF_INIT;
	strbuf_addf(&dir, "%s/aside", state_dir);
	int rc = fs_make_dirs(AT_FDCWD, dir.buf);
	strbuf_release(&dir);
	return rc < 0 ? -1 : fs_write_atomic(record, text.p, text.n, 0600);
}

/* Puts aside with a record, `beside` the output or in the folder. */
static int put_with_record(const char *state_dir, const char *path, uint32_t job,
	bool beside, char **ret_kept, char **ret_record)
{
	struct strbuf kept = STRBUF_INIT, record = STRBUF_INIT, text = STRBUF_INIT;
	struct stat st;
	unsigned n = 0;
	do {
		strbuf_reset(&record);
		strbuf_addf(&record, "%s/aside/@%u-%u", state_dir, job, n++);
	} while (lstat(record.buf, &st) == 0);
	if (beside) {
		struct strview dir = path_dir(sv_from(path));
		strbuf_addf(&kept, SV_FMT "/.cwflow-aside-%d-%u-%u", SV_ARG(dir),
			(int)getpid(), job, n - 1);
	} else {
		strbuf_addf(&kept, "%s/aside/#%u-%u", state_dir, job, n - 1);
	}
	strbuf_add(&text, kept.buf, kept.len + 1);
	strbuf_add(&text, path, strlen(path) + 1);
	int rc = write_record(state_dir, record.buf, strbuf_sv(&text));
	if (rc == 0) {
		rc = move_into(state_dir, path, kept.buf);
		int err = errno;
		if (rc < 0) {
			unlink(record.buf);
		}
		errno = err;
	}
	int err = errno;
	if (rc == 0) {
		*ret_kept = strbuf_detach(&kept, NULL);
		*ret_record = strbuf_detach(&record, NULL);
	}
	strbuf_release(&kept);
	strbuf_release(&record);
	strbuf_release(&text);
	errno = err;
	return rc;
}

int aside_put(const char *state_dir, const char *path, uint32_t job, char **ret_kept,
	char **ret_record)
{
	struct strbuf kept = STRBUF_INIT;
	strbuf_addf(&kept, "%s/aside/", state_dir);
	size_t begin = kept.len;
	add_escaped(&kept, path);
	*ret_record = NULL;
	if (kept.len - begin > NAME_MAX) {
		strbuf_release(&kept);
		return put_with_record(state_dir, path, job, false, ret_kept, ret_record);
	}
	int rc = move_into(state_dir, path, kept.buf);
	int err = errno;
	if (rc == 0) {
		*ret_kept = strbuf_detach(&kept, NULL);
	}
	strbuf_release(&kept);
	if (rc < 0 && err == EXDEV) {
		return put_with_record(state_dir, path, job, true, ret_kept, ret_record);
	}
	errno = err;
	return rc;
}

int aside_restore(const char *kept, const char *path)
{
	if (rename(kept, path) == 0) {
		return 0;
	}
	if (errno == EISDIR || errno == ENOTEMPTY || errno == EEXIST ||
		errno == ENOTDIR) {
		if (fs_remove_tree(AT_FDCWD, path) < 0) {
			return -1;
		}
		return rename(kept, path);
	}
	if (errno == ENOENT && fs_exists(kept) && fs_make_parents(AT_FDCWD, path) == 0) {
		return rename(kept, path); /* its folder went meanwhile */
	}
	return -1;
}

/* What the record `file` tells: place and path in `text`, one after the other; *ret_path
 * is the second. */
static bool read_record(const char *file, struct strbuf *text, const char **ret_path)
{
	if (fs_read_regular(file, 4 * PATH_MAX, text) != 0 || text->len < 2) {
		return false;
	}
	size_t n = strlen(text->buf) + 1;
	*ret_path = text->buf + n;
	return n < text->len;
}

/* Who keeps what is aside. */
struct keeper {
	bool (*keep)(void *ctx, const char *path);
	void *ctx;
};

/* Restores what the record `file` tells of. */
static bool recover_record(const char *file, const struct keeper *k)
{
	struct strbuf text = STRBUF_INIT;
	const char *path;
	bool known = read_record(file, &text, &path), done = false;
	if (known && k->keep && k->keep(k->ctx, path)) {
		strbuf_release(&text);
		return false;
	}
	if (known) {
		done = aside_restore(text.buf, path) == 0;
	}
	unlink(file);
	strbuf_release(&text);
	return done;
}

/* The names in the folder, read before any is moved. */
struct names {
	VEC(char *) list;
};

static void read_names(const char *path, struct names *names)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	while (dir && (e = readdir(dir))) {
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
			vec_push(&names->list, xstrdup(e->d_name));
		}
	}
	if (dir) {
		closedir(dir);
	}
}

static uint32_t recover(const char *state_dir, const struct keeper *k)
{
	struct strbuf file = STRBUF_INIT, path = STRBUF_INIT;
	struct names names = {0};
	uint32_t count = 0;
	strbuf_addf(&file, "%s/aside", state_dir);
	size_t dir = file.len;
	read_names(file.buf, &names);
	for (size_t i = 0; i < names.list.n; i++) {
		const char *name = names.list.v[i];
		strbuf_setlen(&file, dir);
		strbuf_addf(&file, "/%s", name);
		strbuf_reset(&path);
		if (name[0] == '@') {
			count += recover_record(file.buf, k);
		} else if (name[0] != '#' && name[0] != '.' && unescape(name, &path) &&
			   !(k->keep && k->keep(k->ctx, path.buf))) {
			count += aside_restore(file.buf, path.buf) == 0;
		}
		free(names.list.v[i]);
	}
	vec_release(&names.list);
	strbuf_release(&file);
	strbuf_release(&path);
	return count;
}

uint32_t aside_recover(const char *state_dir)
{
	return recover(state_dir, &(struct keeper){NULL, NULL});
}

uint32_t aside_recover_others(
	const char *state_dir, bool (*keep)(void *ctx, const char *path), void *ctx)
{
	return recover(state_dir, &(struct keeper){keep, ctx});
}

bool aside_find(
	const char *state_dir, const char *path, char **ret_kept, char **ret_record)
{
	struct strbuf file = STRBUF_INIT, text = STRBUF_INIT;
	struct names names = {0};
	bool found = false;
	strbuf_addf(&file, "%s/aside", state_dir);
	size_t dir = file.len;
	strbuf_addch(&file, '/');
	add_escaped(&file, path);
	*ret_kept = *ret_record = NULL;
	if (fs_exists(file.buf)) {
		*ret_kept = strbuf_detach(&file, NULL);
		return true;
	}
	strbuf_setlen(&file, dir);
	read_names(file.buf, &names);
	for (size_t i = 0; i < names.list.n; i++) {
		const char *of;
		strbuf_setlen(&file, dir);
		strbuf_addf(&file, "/%s", names.list.v[i]);
		strbuf_reset(&text);
		if (!found && names.list.v[i][0] == '@' &&
			read_record(file.buf, &text, &of) && strcmp(of, path) == 0) {
			*ret_kept = xstrdup(text.buf);
			*ret_record = xstrdup(file.buf);
			found = true;
		}
		free(names.list.v[i]);
	}
	vec_release(&names.list);
	strbuf_release(&file);
	strbuf_release(&text);
	return found;
}
