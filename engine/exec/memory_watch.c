#include "exec/memory_watch.h"

#include <dirent.h>
#include <unistd.h>

#include "base/vec.h"
#include "sys/fs.h"

enum { TEXT_MOST = 1 << 20, PROCESSES_MOST = 100000 };

struct pids {
	VEC(pid_t) list;
};

/* Reads /proc/PID/FILE; NULL where it is gone. Borrowed from `text`. */
static const char *read_proc(pid_t pid, const char *file, struct strbuf *text)
{
	char path[100];
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	strbuf_reset(text);
	return fs_read_file(path, TEXT_MOST, text) == 0 ? text->buf : NULL;
}

/* Appends the children that one thread of `pid` has started. */
static void add_children_of(
	struct pids *pids, pid_t pid, const char *thread, struct strbuf *text)
{
	char file[64];
	snprintf(file, sizeof(file), "task/%.20s/children", thread);
	const char *at = read_proc(pid, file, text);
	char *end;
	for (; at && *at; at = end) {
		long child = strtol(at, &end, 10);
		if (end == at || pids->list.n >= PROCESSES_MOST) {
			return;
		}
		vec_push(&pids->list, (pid_t)child);
		while (*end == ' ') {
			end++;
		}
	}
}

static void add_children(struct pids *pids, pid_t pid, struct strbuf *text)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	DIR *dir = opendir(path);
	struct dirent *e;
	while (dir && (e = readdir(dir))) {
		if (e->d_name[0] != '.') {
			add_children_of(pids, pid, e->d_name, text);
		}
	}
	if (dir) {
		closedir(dir);
	}
}

/* Resident bytes, shared pages counted in full. */
static uint64_t plain_size(pid_t pid, struct strbuf *text)
{
	unsigned long long pages = 0;
	const char *statm = read_proc(pid, "statm", text);
	if (!statm || sscanf(statm, "%*u %llu", &pages) != 1) {
		return 0;
	}
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Resident bytes, shared pages divided by those who share them. */
static uint64_t fair_size(pid_t pid, struct strbuf *text)
{
	const char *rollup = read_proc(pid, "smaps_rollup", text);
	const char *line = rollup ? strstr(rollup, "\nPss:") : NULL;
	unsigned long long kb = 0;
	if (!line || sscanf(line, "\nPss: %llu kB", &kb) != 1) {
		return plain_size(pid, text);
	}
	return kb * 1024;
}

uint64_t memory_of_tree(pid_t pid, uint64_t enough, struct strbuf *scratch)
{
	struct pids pids = {0};
	uint64_t plain = 0, fair = 0;
	vec_push(&pids.list, pid);
	for (size_t i = 0; i < pids.list.n; i++) {
		plain += plain_size(pids.list.v[i], scratch);
		add_children(&pids, pids.list.v[i], scratch);
	}
	if (plain <= enough) {
		vec_release(&pids.list);
		return plain;
	}
	for (size_t i = 0; i < pids.list.n; i++) {
		fair += fair_size(pids.list.v[i], scratch);
	}
	vec_release(&pids.list);
	return fair;
}
