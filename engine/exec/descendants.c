#include "exec/descendants.h"

#include <dirent.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/vec.h"
#include "sys/clock.h"
#include "sys/fs.h"

enum { MOST_ROUNDS = 300, ROUND_MS = 10 };

struct process {
	pid_t pid, parent;
	bool dead, ours;
};

struct processes {
	VEC(struct process) list;
};

/* Reads one process of /proc; false where it is gone. */
static bool read_process(const char *name, struct strbuf *text, struct process *ret)
{
	char path[300];
	snprintf(path, sizeof(path), "/proc/%.32s/stat", name);
	strbuf_reset(text);
	if (fs_read_file(path, 4096, text) < 0) {
		return false;
	}
	const char *at = strrchr(text->buf, ')'); /* the name may hold anything */
	char state = 0;
	int parent = 0;
	if (!at || sscanf(at, ") %c %d", &state, &parent) != 2) {
		return false;
	}
	*ret = (struct process){
		.pid = (pid_t)strtol(name, NULL, 10),
		.parent = parent,
		.dead = state == 'Z' || state == 'X',
	};
	return true;
}

static void read_processes(struct processes *all)
{
	DIR *dir = opendir("/proc");
	struct strbuf text = STRBUF_INIT;
	struct dirent *e;
	while (dir && (e = readdir(dir))) {
		struct process p;
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9' &&
			read_process(e->d_name, &text, &p)) {
			vec_push(&all->list, p);
		}
	}
	if (dir) {
		closedir(dir);
	}
	strbuf_release(&text);
}

/* Marks the processes below `self`, however deep. */
static void mark_ours(struct processes *all, pid_t self)
{
	bool more = true;
	while (more) {
		more = false;
		for (size_t i = 0; i < all->list.n; i++) {
			struct process *p = &all->list.v[i];
			bool ours = p->parent == self;
			for (size_t k = 0; k < all->list.n && !ours && !p->ours; k++) {
				ours = all->list.v[k].ours &&
				       all->list.v[k].pid == p->parent;
			}
			if (ours && !p->ours) {
				p->ours = more = true;
			}
		}
	}
}

void descendants_kill(void)
{
	for (int round = 0; round < MOST_ROUNDS; round++) {
		struct processes all = {0};
		bool alive = false;
		read_processes(&all);
		mark_ours(&all, getpid());
		for (size_t i = 0; i < all.list.n; i++) {
			const struct process *p = &all.list.v[i];
			if (p->ours && !p->dead) {
				alive = true;
				kill(p->pid, SIGKILL);
			}
		}
		vec_release(&all.list);
		if (!alive) {
			return;
		}
		nanosleep(&(struct timespec){.tv_nsec = ROUND_MS * NS_PER_MS}, NULL);
	}
}
