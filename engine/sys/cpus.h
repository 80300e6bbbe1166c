/* How many processors this process may use. */
#ifndef CW_SYS_CPUS_H
#define CW_SYS_CPUS_H

/* The smaller of its affinity mask and the quota of its control groups (rounded up), at
 * least 1. */
unsigned cpus_allowed(void);

/* The quota below `root` ("/sys/fs/cgroup") for a process whose /proc/self/cgroup reads
 * `membership`; 0 where there is none. Apart for tests. */
unsigned cpus_quota(const char *root, const char *membership);

#endif
