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

/* The text of the claim; false: there is none. */
static bool read_claim(const char *dir, const char *tag, char ret[CLAIM_MOST])
{
	char *path = path_of(dir, tag, "claim");
	ssize_t n = readlink(path, ret, CLAIM_MOST - 1);
	free(path);
	ret[n > 0 ? n : 0] = '\0';
	return n > 0;
}

bool cluster_claim(const char *dir, const char *tag)
{
	char *path = path_of(dir, tag, "claim"), text[CLAIM_MOST];
	bool ours = symlink("engine", path) == 0;
	free(path);
	return ours || (read_claim(dir, tag, text) && strcmp(text, "engine") == 0);
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
	char text[CLAIM_MOST];
	return read_claim(dir, tag, text) && strncmp(text, "job", 3) == 0;
}

bool cluster_runner(
	const char *dir, const char *tag, struct strbuf *ret_id, int64_t *ret_place)
{
	char text[CLAIM_MOST];
	*ret_place = -1;
	if (!read_claim(dir, tag, text) || strncmp(text, "job ", 4) != 0) {
		return false;
	}
	struct strview rest = sv_from(text + 4);
	const char *at = strstr(text, " @");
	if (at) {
		rest.n -= strlen(at);
		if (parse_i64(sv_from(at + 2), ret_place) != 0) {
			*ret_place = -1;
		}
	}
	strbuf_addsv(ret_id, rest);
	return true;
}

int cluster_read_status(const char *dir, const char *tag, struct jobscript_status *ret)
{
	struct strbuf text = STRBUF_INIT;
	char *path = path_of(dir, tag, "status");
	int rc = fs_read_file(path, STATUS_MOST, &text);
	if (rc == 0) {
		rc = jobscript_status_parse(strbuf_sv(&text), ret);
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
