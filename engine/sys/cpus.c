#include "sys/cpus.h"

#include <sched.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "sys/fs.h"
#include "sys/path.h"

/* Processors of the affinity mask, however many the machine has. */
static unsigned by_affinity(void)
{
	for (int most = 1024; most <= 1 << 20; most *= 4) {
		cpu_set_t *set = CPU_ALLOC((size_t)most);
		size_t size = CPU_ALLOC_SIZE((size_t)most);
		if (!set) {
			break;
		}
		int rc = sched_getaffinity(0, size, set);
		int n = rc == 0 ? CPU_COUNT_S(size, set) : 0;
		CPU_FREE(set);
		if (n > 0) {
			return (unsigned)n;
		}
	}
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	return n > 0 ? (unsigned)n : 1;
}

/* Reads up to two numbers of a file; how many there were. */
static int read_numbers(const char *dir, const char *file, long long v[2])
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	strbuf_addf(&path, "%s/%s", dir, file);
	int n = 0;
	if (fs_read_file(path.buf, 256, &text) == 0) {
		char *at = text.buf, *end;
		for (; n < 2; n++, at = end) {
			v[n] = strtoll(at, &end, 10);
			if (end == at) {
				break;
			}
		}
	}
	strbuf_release(&path);
	strbuf_release(&text);
	return n;
}

/* The quota of one group as a number of processors, 0: none. */
static unsigned quota_of(const char *dir, bool v2)
{
	long long v[2], period[2];
	if (v2) {
		if (read_numbers(dir, "cpu.max", v) != 2) {
			return 0; /* "max 100000" has no number in front */
		}
	} else {
		if (read_numbers(dir, "cpu.cfs_quota_us", v) < 1 ||
			read_numbers(dir, "cpu.cfs_period_us", period) < 1) {
			return 0;
		}
		v[1] = period[0];
	}
	if (v[0] <= 0 || v[1] <= 0) {
		return 0;
	}
	long long cpus = (v[0] + v[1] - 1) / v[1];
	return cpus > 1000000 ? 0 : (unsigned)cpus;
}

/* The least quota from the group `group` up to the mount at `mount`. */
static unsigned least_quota(const char *mount, struct strview group, bool v2)
{
	struct strbuf dir = STRBUF_INIT;
	strbuf_addstr(&dir, mount);
	size_t root = dir.len;
	strbuf_addsv(&dir, group);
	unsigned least = 0;
	for (;;) {
		unsigned quota = quota_of(dir.buf, v2);
		if (quota && (!least || quota < least)) {
			least = quota;
		}
		if (dir.len <= root) {
			break;
		}
		struct strview up = path_dir(strbuf_sv(&dir));
		strbuf_setlen(&dir, up.n < root ? root : up.n);
	}
	strbuf_release(&dir);
	return least;
}

/* Whether the comma-separated list holds "cpu". */
static bool has_cpu(struct strview list)
{
	while (list.n) {
		const char *comma = memchr(list.p, ',', list.n);
		size_t n = comma ? (size_t)(comma - list.p) : list.n;
		if (n == 3 && memcmp(list.p, "cpu", 3) == 0) {
			return true;
		}
		list = sv_skip(list, comma ? n + 1 : n);
	}
	return false;
}

unsigned cpus_quota(const char *root, const char *membership)
{
	unsigned least = 0;
	const char *line = membership;
	while (*line) {
		/* "0::/group" or "4:cpu,cpuacct:/group" */
		size_t n = strcspn(line, "\n");
		const char *a = memchr(line, ':', n);
		const char *b = a ? memchr(a + 1, ':', n - (size_t)(a + 1 - line)) : NULL;
		if (b) {
			struct strview controllers = {a + 1, (size_t)(b - a - 1)};
			struct strview group = {b + 1, n - (size_t)(b + 1 - line)};
			struct strbuf mount = STRBUF_INIT;
			unsigned quota = 0;
			strbuf_addstr(&mount, root);
			if (controllers.n == 0) {
				quota = least_quota(mount.buf, group, true);
			} else if (has_cpu(controllers)) {
				strbuf_addstr(&mount, "/cpu");
				quota = least_quota(mount.buf, group, false);
			}
			if (quota && (!least || quota < least)) {
				least = quota;
			}
			strbuf_release(&mount);
		}
		line += n + (line[n] == '\n');
	}
	return least;
}

unsigned cpus_allowed(void)
{
	unsigned n = by_affinity();
	struct strbuf text = STRBUF_INIT;
	if (fs_read_file("/proc/self/cgroup", 1 << 16, &text) == 0) {
		unsigned quota = cpus_quota("/sys/fs/cgroup", text.buf);
		if (quota && quota < n) {
			n = quota;
		}
	}
	strbuf_release(&text);
	return n;
}
