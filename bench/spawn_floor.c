/* spawn_floor - how fast this machine starts commands at all: no graph, no records.
 *
 * usage: spawn_floor [-j threads] [-p] N DIR
 *
 * Starts `sh -c ": > DIR/i.dat"` N times by posix_spawn from so many threads, each of
 * which waits for its own; -p pins them to a core each. Prints jobs per second.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static struct {
	const char *dir;
	long n, threads;
	int pin;
} o = {.threads = 2};

static void *work(void *arg)
{
	long me = (long)arg, i;
	char command[4096];
	char *argv[] = {"sh", "-c", command, NULL};
	if (o.pin) {
		cpu_set_t set;
		CPU_ZERO(&set);
		CPU_SET((size_t)me, &set);
		sched_setaffinity(0, sizeof(set), &set);
	}
	for (i = me; i < o.n; i += o.threads) {
		pid_t pid;
		int status;
		snprintf(command, sizeof(command), ": > '%s/%ld.dat'", o.dir, i);
		if (posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ) ||
			waitpid(pid, &status, 0) != pid || status) {
			perror("spawn_floor");
			exit(1);
		}
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t ids[64];
	struct timespec a, b;
	int opt;
	while ((opt = getopt(argc, argv, "j:p")) != -1) {
		if (opt == 'j') {
			o.threads = atol(optarg);
		} else if (opt == 'p') {
			o.pin = 1;
		}
	}
	if (argc - optind != 2 || o.threads < 1 || o.threads > 64) {
		fprintf(stderr, "usage: spawn_floor [-j threads] [-p] N DIR\n");
		return 2;
	}
	o.n = atol(argv[optind]);
	o.dir = argv[optind + 1];
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (long t = 0; t < o.threads; t++) {
		pthread_create(&ids[t], NULL, work, (void *)t);
	}
	for (long t = 0; t < o.threads; t++) {
		pthread_join(ids[t], NULL);
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	double s = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) * 1e-9;
	printf("%.0f\n", (double)o.n / s);
	return 0;
}
