/* stat_floor - the least that a check of all stamps costs: bare fstatat.
 *
 * usage: stat_floor [-j threads] N DIR SUFFIX [DIR SUFFIX...]
 *
 * Looks at DIR/0SUFFIX .. DIR/(N-1)SUFFIX of each folder, relative to its descriptor.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
	long n, threads;
	int folders, fd[16];
	const char *suffix[16];
} o = {.threads = 2};

static void *work(void *arg)
{
	long me = (long)arg;
	long from = o.n * me / o.threads, to = o.n * (me + 1) / o.threads;
	for (int f = 0; f < o.folders; f++) {
		for (long i = from; i < to; i++) {
			char name[64];
			struct stat st;
			snprintf(name, sizeof(name), "%ld%s", i, o.suffix[f]);
			if (fstatat(o.fd[f], name, &st, AT_SYMLINK_NOFOLLOW)) {
				perror(name);
				exit(1);
			}
		}
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t ids[64];
	int opt;
	while ((opt = getopt(argc, argv, "j:")) != -1) {
		o.threads = opt == 'j' ? atol(optarg) : o.threads;
	}
	if (argc - optind < 3 || o.threads < 1 || o.threads > 64) {
		fprintf(stderr, "usage: stat_floor [-j threads] N DIR SUFFIX...\n");
		return 2;
	}
	o.n = atol(argv[optind++]);
	for (; optind + 1 < argc && o.folders < 16; optind += 2, o.folders++) {
		o.fd[o.folders] = open(argv[optind], O_PATH | O_DIRECTORY);
		o.suffix[o.folders] = argv[optind + 1];
	}
	for (long t = 0; t < o.threads; t++) {
		pthread_create(&ids[t], NULL, work, (void *)t);
	}
	for (long t = 0; t < o.threads; t++) {
		pthread_join(ids[t], NULL);
	}
	return 0;
}
