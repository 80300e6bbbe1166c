#include "sched/job_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sched/aside.h"
#include "sched/benchmark.h"
#include "sched/running_file.h"
#include "sys/fs.h"
#include "sys/path.h"
#include "sys/sha256_file.h"

void job_files_init(struct job_files *f, const char *state_dir)
{
	*f = (struct job_files){.state_dir = state_dir};
}

static void forget_asides(struct job_files *f)
{
	for (size_t i = 0; i < f->asides.n; i++) {
		free(f->asides.v[i].kept);
		free(f->asides.v[i].record);
	}
	vec_clear(&f->asides);
}

void job_files_release(struct job_files *f)
{
	forget_asides(f);
	vec_release(&f->asides);
}

/* Says "VERB PATH: why" and returns -1. */
static int say(struct strbuf *error, const char *verb, const char *path)
{
	int err = errno;
	strbuf_addf(error, "cannot %s %s: %s", verb, path, strerror(err));
	return -1;
}

/* Gives each aside back its name. */
static void restore(struct job_files *f)
{
	for (size_t i = f->asides.n; i-- > 0;) {
		const struct aside *a = &f->asides.v[i];
		aside_restore(a->kept, a->path);
		if (a->record) {
			unlink(a->record);
		}
	}
	forget_asides(f);
}

bool job_files_are_plain(const struct job_spec *spec)
{
	const unsigned plain = OUTPUT_TEMP | OUTPUT_PROTECTED | OUTPUT_STALE;
	for (uint32_t i = 0; i < spec->output_count; i++) {
		if (spec->outputs[i].flags & ~plain || spec->outputs[i].sha256) {
			return false;
		}
	}
	return true;
}

bool job_files_have_logs(const struct job_spec *spec)
{
	for (uint32_t i = 0; i < spec->log_count; i++) {
		if (fs_exists(spec->logs[i])) {
			return true;
		}
	}
	return false;
}

/* Sees to the output that is there before the job. */
static int clear_output(struct job_files *f, const struct spec_file *o, uint32_t index,
	struct strbuf *error)
{
	struct fs_stat st;
	if (fs_lstat(AT_FDCWD, o->path, &st) < 0) {
		return say(error, "look at output", o->path);
	}
	if (st.kind == FS_MISSING || st.kind == FS_OTHER || o->flags & OUTPUT_RESUME) {
		return 0;
	}
	if (st.kind == FS_DIRECTORY && !(o->flags & OUTPUT_DIRECTORY)) {
		strbuf_addf(error,
			"output %s is a folder; if that is meant, declare it with "
			"directory: true",
			o->path);
		return -1;
	}
	if (o->flags & OUTPUT_STALE) { /* protected by the attempt that was cut short */
		return fs_remove_tree(AT_FDCWD, o->path) < 0
			       ? say(error, "remove", o->path)
			       : 0;
	}
	if (o->flags & OUTPUT_PROTECTED && st.kind != FS_LINK && (st.mode & 0222) == 0) {
		strbuf_addf(error,
			"output %s is protected; to make it again remove it or make "
			"it writable (chmod +w)",
			o->path);
		return -1;
	}
	struct aside a = {.path = o->path};
	if (aside_put(f->state_dir, o->path, index, &a.kept, &a.record) < 0) {
		return say(error, "put aside", o->path);
	}
	vec_push(&f->asides, a);
	return 0;
}

static int make_folders(const struct job_spec *spec, struct strbuf *error)
{
	for (uint32_t i = 0; i < spec->output_count; i++) {
		if (fs_make_parents(AT_FDCWD, spec->outputs[i].path) < 0) {
			return say(error, "make the folder of", spec->outputs[i].path);
		}
	}
	for (uint32_t i = 0; i < spec->log_count; i++) {
		if (fs_make_parents(AT_FDCWD, spec->logs[i]) < 0) {
			return say(error, "make the folder of", spec->logs[i]);
		}
		if (spec->attempt <= 1 && unlink(spec->logs[i]) < 0 && errno != ENOENT) {
			return say(error, "remove the old log", spec->logs[i]);
		}
	}
	if (spec->benchmark && fs_make_parents(AT_FDCWD, spec->benchmark) < 0) {
		return say(error, "make the folder of", spec->benchmark);
	}
	if (spec->depfile && fs_make_parents(AT_FDCWD, spec->depfile) < 0) {
		return say(error, "make the folder of", spec->depfile);
	}
	return 0;
}

int job_files_prepare(
	struct job_files *f, const struct job_spec *spec, struct strbuf *error)
{
	if (spec->kind == COMMAND_NONE) {
		return 0; /* its outputs come with its inputs */
	}
	int rc = make_folders(spec, error);
	for (uint32_t i = 0; i < spec->output_count && rc == 0; i++) {
		rc = clear_output(f, &spec->outputs[i], spec->job, error);
	}
	if (rc < 0) {
		restore(f);
	}
	return rc;
}

void job_files_adopt(struct job_files *f, const struct job_spec *spec)
{
	for (uint32_t i = 0; i < spec->output_count; i++) {
		struct aside a = {.path = spec->outputs[i].path};
		if (aside_find(f->state_dir, a.path, &a.kept, &a.record)) {
			vec_push(&f->asides, a);
		}
	}
}

/* Makes a `touch` output, or sets its time to now. */
static int touch(const struct spec_file *o)
{
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	if (o->flags & OUTPUT_DIRECTORY) {
		if (fs_make_dirs(AT_FDCWD, o->path) < 0) {
			return -1;
		}
		flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	}
	int fd = open(o->path, flags, 0666);
	if (fd < 0) {
		return -1;
	}
	int rc = futimens(fd, NULL);
	int err = errno;
	close(fd);
	errno = err;
	return rc;
}

static bool is_empty_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	bool empty = true;
	while (dir && empty && (e = readdir(dir))) {
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	}
	if (dir) {
		closedir(dir);
	}
	return empty;
}

/* What is wrong with an output that is there; NULL: nothing. */
static const char *fault_of(const struct spec_file *o, const struct fs_stat *st)
{
	bool is_dir = st->kind == FS_DIRECTORY;
	if (is_dir && !(o->flags & OUTPUT_DIRECTORY)) {
		return "is a folder; if that is meant, declare it with directory: true";
	}
	if (!is_dir && o->flags & OUTPUT_DIRECTORY) {
		return "is declared with directory: true, but a file was made";
	}
	if (o->flags & OUTPUT_NON_EMPTY &&
		(is_dir ? is_empty_folder(o->path) : st->size == 0)) {
		return "is empty, though declared with non_empty: true";
	}
	return NULL;
}

static int check_digest(const struct spec_file *o, struct strbuf *error)
{
	char hex[65];
	if (sha256_file(o->path, hex) < 0) {
		return say(error, "read", o->path);
	}
	if (strcasecmp(hex, o->sha256) != 0) {
		strbuf_addf(error, "output %s has sha256 %s, declared is %s", o->path,
			hex, o->sha256);
		return -1;
	}
	return 0;
}

/* Says which outputs are missing: the first few, then how many. */
static int say_missing(const struct job_spec *spec, const uint32_t *missing, uint32_t n,
	struct strbuf *error)
{
	strbuf_addstr(
		error, spec->kind == COMMAND_NONE
			       ? "the rule has no command, and its inputs did not bring "
			       : "the command ended well but did not make ");
	for (uint32_t i = 0; i < n && i < 3; i++) {
		strbuf_addf(error, "%s%s", i ? ", " : "", spec->outputs[missing[i]].path);
	}
	if (n > 3) {
		strbuf_addf(error, " and %u more", n - 3);
	}
	return -1;
}

int job_files_check(const struct job_spec *spec, struct fs_stat *seen,
	struct strbuf *error, const char **ret_missing)
{
	uint32_t missing[3], n = 0;
	if (ret_missing) {
		*ret_missing = NULL;
	}
	for (uint32_t i = 0; i < spec->output_count; i++) {
		const struct spec_file *o = &spec->outputs[i];
		if (o->flags & OUTPUT_TOUCH && touch(o) < 0) {
			return say(error, "touch", o->path);
		}
		struct fs_stat st;
		if (fs_stat(AT_FDCWD, o->path, &st) < 0) {
			return say(error, "look at output", o->path);
		}
		if (seen) {
			seen[i] = st;
		}
		if (st.kind == FS_MISSING || st.kind == FS_LINK) {
			if (n < 3) {
				missing[n] = i;
			}
			if (n++ == 0 && ret_missing) {
				*ret_missing = o->path;
			}
			continue;
		}
		const char *fault = fault_of(o, &st);
		if (fault) {
			strbuf_addf(error, "output %s %s", o->path, fault);
			return -1;
		}
		if (o->sha256 && n == 0 && check_digest(o, error) < 0) {
			return -1;
		}
	}
	return n ? say_missing(spec, missing, n, error) : 0;
}

/* Missing logs are made empty. */
static int make_logs(const struct job_spec *spec, struct strbuf *error)
{
	for (uint32_t i = 0; i < spec->log_count; i++) {
		int fd = open(spec->logs[i],
			O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);
		if (fd < 0 && errno != ENXIO && errno != EISDIR) {
			return say(error, "make the log", spec->logs[i]);
		}
		if (fd >= 0) {
			close(fd);
		}
	}
	return 0;
}

int job_files_accept(struct job_files *f, const struct job_spec *spec,
	const struct job_usage *usage, struct strbuf *error)
{
	if (spec->kind != COMMAND_NONE && make_logs(spec, error) < 0) {
		return -1;
	}
	if (spec->benchmark && spec->kind != COMMAND_NONE &&
		benchmark_write(spec->benchmark, usage) < 0) {
		return say(error, "write the benchmark", spec->benchmark);
	}
	for (uint32_t i = 0; i < spec->output_count; i++) {
		const struct spec_file *o = &spec->outputs[i];
		struct stat st;
		if (o->flags & OUTPUT_PROTECTED && spec->kind != COMMAND_NONE &&
			(stat(o->path, &st) < 0 ||
				chmod(o->path, st.st_mode & 07555) < 0)) {
			return say(error, "protect", o->path);
		}
	}
	for (size_t i = 0; i < f->asides.n; i++) {
		const struct aside *a = &f->asides.v[i];
		fs_remove_tree(AT_FDCWD, a->kept);
		if (a->record) {
			unlink(a->record);
		}
	}
	forget_asides(f);
	return 0;
}

void job_files_reject(struct job_files *f, const struct job_spec *spec, bool keep)
{
	if (spec->kind == COMMAND_NONE) {
		return;
	}
	for (uint32_t i = 0; i < spec->output_count && !keep; i++) {
		const struct spec_file *o = &spec->outputs[i];
		struct fs_stat st;
		if (o->flags & OUTPUT_RESUME || fs_lstat(AT_FDCWD, o->path, &st) < 0) {
			continue;
		}
		if (st.kind == FS_FILE || st.kind == FS_LINK) {
			unlink(o->path);
		} else if (st.kind == FS_DIRECTORY && o->flags & OUTPUT_DIRECTORY) {
			fs_remove_tree(AT_FDCWD, o->path);
		}
	}
	struct strbuf ignored = STRBUF_INIT;
	make_logs(spec, &ignored);
	strbuf_release(&ignored);
	if (keep) {
		/* what is incomplete stays in its place; the earlier ones have none then,
		 * unless the job had not yet touched it */
		for (size_t i = 0; i < f->asides.n; i++) {
			const struct aside *a = &f->asides.v[i];
			if (fs_exists(a->path)) {
				fs_remove_tree(AT_FDCWD, a->kept);
			} else {
				aside_restore(a->kept, a->path);
			}
			if (a->record) {
				unlink(a->record);
			}
		}
		forget_asides(f);
		return;
	}
	restore(f);
}

uint32_t job_files_recover(const char *state_dir)
{
	uint32_t unfinished = running_file_recover(state_dir);
	return unfinished + aside_recover(state_dir);
}
