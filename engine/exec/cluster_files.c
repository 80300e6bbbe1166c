#include "exec/cluster_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/number.h"
#include "base/vec.h"
#include "sys/clock.h"
#include "sys/fs.h"
#include "sys/loop.h"

#define LOOK_FIRST_NS (NS_PER_S / 10)
#define LOOK_MOST_NS (5 * NS_PER_S)
#define LOOK_LOCAL_NS (10 * NS_PER_S)

enum { STATUS_MOST = 4096, CLAIM_MOST = 256 };

void cluster_path(
	struct strbuf *out, const char *dir, const char *tag, const char *suffix)
{
	strbuf_addf(out, "%s/%s.%s", dir, tag, suffix);
}

static char *path_of(const char *dir, const char *tag, const char *suffix)
{
	return xasprintf("%s/%s.%s", dir, tag, suffix);
}

/* Whether the claim is the engine's. */
static bool is_ours(const char *path)
{
	char text[CLAIM_MOST];
	return readlink(path, text, sizeof(text)) > 0;
}

bool cluster_claim(const char *dir, const char *tag)
{
	char *path = path_of(dir, tag, "claim");
	bool ours = symlink("engine", path) == 0 || is_ours(path);
	free(path);
	return ours;
}

void cluster_claim_by_force(const char *dir, const char *tag)
{
	char *path = path_of(dir, tag, "claim"), *own = path_of(dir, tag, "claim-new");
	unlink(own);
	if (symlink("engine", own) == 0 && rename(own, path) < 0) {
		unlink(own);
	}
	free(path);
	free(own);
}

bool cluster_has_begun(const char *dir, const char *tag)
{
	char *path = path_of(dir, tag, "claim");
	struct fs_stat st;
	bool begun = !is_ours(path) && fs_stat(AT_FDCWD, path, &st) == 0 &&
		     st.kind != FS_MISSING;
	free(path);
	return begun;
}

bool cluster_runner(
	const char *dir, const char *tag, struct strbuf *ret_id, int64_t *ret_place)
{
	struct strbuf text = STRBUF_INIT;
	char *path = path_of(dir, tag, "claim");
	*ret_place = -1;
	/* its line may be still to come */
	bool told = !is_ours(path) && fs_read_file(path, CLAIM_MOST, &text) == 0 &&
		    sv_starts(strbuf_sv(&text), SV("job ")) &&
		    text.buf[text.len - 1] == '\n';
	free(path);
	if (told) {
		struct strview rest = sv_sub(strbuf_sv(&text), 4, text.len - 5);
		const char *at = strstr(text.buf, " @");
		if (at) {
			struct strview place =
				sv_skip(strbuf_sv(&text), (size_t)(at + 2 - text.buf));
			place.n--;
			rest.n -= place.n + 2;
			if (parse_i64(place, ret_place) != 0) {
				*ret_place = -1;
			}
		}
		strbuf_addsv(ret_id, rest);
	}
	strbuf_release(&text);
	return told;
}

/* The job began when it made its claim, and ended when it wrote its status; both by the
 * clock of the file system. */
static void read_stamps(
	const char *dir, const char *tag, const char *status, struct job_usage *ret)
{
	char *claim = path_of(dir, tag, "claim");
	struct fs_stat begin, end;
	if (fs_stat(AT_FDCWD, status, &end) == 0) {
		ret->end_ns = end.mtime_ns;
		bool has =
			fs_stat(AT_FDCWD, claim, &begin) == 0 && begin.kind != FS_MISSING;
		ret->start_ns = has ? begin.mtime_ns : end.mtime_ns;
	}
	if (ret->seconds <= 0) {
		ret->seconds = (double)(ret->end_ns - ret->start_ns) / 1e9;
	}
	free(claim);
}

int cluster_read_status(const char *dir, const char *tag, struct jobscript_status *ret)
{
	struct strbuf text = STRBUF_INIT;
	char *path = path_of(dir, tag, "status");
	int rc = fs_read_file(path, STATUS_MOST, &text);
	if (rc == 0) {
		rc = jobscript_status_parse(strbuf_sv(&text), ret);
	}
	if (rc == 0) {
		read_stamps(dir, tag, path, &ret->usage);
	}
	free(path);
	strbuf_release(&text);
	return rc;
}

void cluster_remove_files(const char *dir, const char *tag, bool keep)
{
	/* without its script nothing can begin any more */
	static const char *const suffixes[] = {"sh", "command", "out", "log", "part",
		"usage", "times", "submit", "status", "claim"};
	size_t begin = keep ? 4 : 0, end = CW_ARRAY_LEN(suffixes) - keep;
	for (size_t i = begin; i < end; i++) {
		char *path = path_of(dir, tag, suffixes[i]);
		unlink(path);
		free(path);
	}
}

struct cluster_watch {
	struct loop *loop;
	char *dir;
	void (*came)(void *ctx, const char *tag);
	void *ctx;
	int fd; /* of inotify; -1: none */
	bool remote, wanted;
	uint64_t source, timer;
	int64_t interval_ns;
};

static void tell(struct cluster_watch *w, const char *name)
{
	size_t n = strlen(name), suffix = strlen(".status");
	if (n > suffix && strcmp(name + n - suffix, ".status") == 0) {
		char *tag = xmemdup0(name, n - suffix);
		w->interval_ns = LOOK_FIRST_NS;
		w->came(w->ctx, tag);
		free(tag);
	}
}

static void on_inotify(void *ctx, unsigned events)
{
	struct cluster_watch *w = ctx;
	_Alignas(struct inotify_event) char buf[16 * 1024];
	(void)events;
	ssize_t n;
	while ((n = read(w->fd, buf, sizeof(buf))) > 0) {
		for (char *p = buf; p < buf + n;) {
			struct inotify_event e;
			memcpy(&e, p, sizeof(e));
			if (e.mask & IN_Q_OVERFLOW) {
				cluster_watch_look(w);
			} else if (e.len) {
				tell(w, p + sizeof(e));
			}
			p += sizeof(e) + e.len;
		}
	}
}

void cluster_watch_look(struct cluster_watch *w)
{
	VEC(char *) names = {0};
	DIR *dir = opendir(w->dir);
	struct dirent *e;
	while (dir && (e = readdir(dir))) {
		if (strstr(e->d_name, ".status")) {
			vec_push(&names, xstrdup(e->d_name));
		}
	}
	if (dir) {
		closedir(dir);
	}
	for (size_t i = 0; i < names.n; i++) {
		tell(w, names.v[i]);
		free(names.v[i]);
	}
	vec_release(&names);
}

static void on_timer(void *ctx);

static void look_later(struct cluster_watch *w)
{
	int64_t now = clock_monotonic_ns(&clock_real);
	int64_t after = w->remote ? w->interval_ns : LOOK_LOCAL_NS;
	if (!w->timer && w->wanted) {
		w->timer = loop_add_timer(w->loop, now + after, on_timer, w);
	}
}

static void on_timer(void *ctx)
{
	struct cluster_watch *w = ctx;
	w->timer = 0;
	w->interval_ns += w->interval_ns / 4;
	if (w->interval_ns > LOOK_MOST_NS) {
		w->interval_ns = LOOK_MOST_NS;
	}
	cluster_watch_look(w);
	look_later(w);
}

struct cluster_watch *cluster_watch_new(struct loop *loop, const char *dir,
	void (*came)(void *ctx, const char *tag), void *ctx)
{
	struct cluster_watch *w = xcalloc(1, sizeof(*w));
	*w = (struct cluster_watch){
		.loop = loop, .dir = xstrdup(dir), .came = came, .ctx = ctx, .fd = -1};
	w->interval_ns = LOOK_FIRST_NS;
	w->remote = fs_is_network(dir);
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd >= 0 && inotify_add_watch(w->fd, dir, IN_MOVED_TO | IN_ONLYDIR) >= 0) {
		w->source = loop_add_fd(loop, w->fd, LOOP_READ, on_inotify, w);
	}
	w->remote |= w->source == 0;
	return w;
}

void cluster_watch_free(struct cluster_watch *w)
{
	if (!w) {
		return;
	}
	loop_remove(w->loop, w->source);
	loop_remove(w->loop, w->timer);
	if (w->fd >= 0) {
		close(w->fd);
	}
	free(w->dir);
	free(w);
}

void cluster_watch_wanted(struct cluster_watch *w, bool wanted)
{
	w->wanted = wanted;
	if (wanted) {
		look_later(w);
	}
}
