/* What the ranks of a pilot know of each other; how they join, look for messages and end. */
#include "exec/pilot.h"

#include <mpi.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "exec/pilot_impl.h"
#include "sys/clock.h"

enum { MASK_WORDS = CPU_SETSIZE / 64, FINALIZE_S = 10, USUAL_JOBS = 8 };

#define LOOK_FIRST_NS (NS_PER_MS / 2)
#define LOOK_MOST_NS (20 * NS_PER_MS)
#define REST_LEAST_NS (NS_PER_MS / 5) /* less is not worth it */
#define REST_MOST_NS (5 * NS_PER_MS)  /* a Ctrl-C waits as long */
#define IDLE_NS (200 * NS_PER_MS)     /* without a message; then looks grow rarer */

/* Cores that the ranks of this host may use together, and how many of them run jobs. */
static uint32_t cores_of_host(MPI_Comm host, int32_t *ret_first, uint32_t *ret_workers)
{
	cpu_set_t set;
	uint64_t mask[MASK_WORDS] = {0}, all[MASK_WORDS];
	int rank, worker, workers = 0, first = 0;
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	if (sched_getaffinity(0, sizeof(set), &set) == 0) {
		for (unsigned i = 0; i < CPU_SETSIZE; i++) {
			mask[i / 64] |= (uint64_t)(CPU_ISSET(i, &set) != 0) << (i % 64);
		}
	}
	worker = rank > 0;
	MPI_Allreduce(mask, all, MASK_WORDS, MPI_UINT64_T, MPI_BOR, host);
	MPI_Allreduce(&worker, &workers, 1, MPI_INT, MPI_SUM, host);
	MPI_Allreduce(&rank, &first, 1, MPI_INT, MPI_MIN, host);
	uint32_t n = 0;
	for (unsigned i = 0; i < MASK_WORDS; i++) {
		n += (uint32_t)__builtin_popcountll(all[i]);
	}
	*ret_first = first;
	*ret_workers = (uint32_t)workers;
	return n ? n : 1;
}

/* Facts of all ranks, `n` of them; returns owned. */
static struct rank_facts *gather(int *ret_n)
{
	MPI_Comm host;
	int rank, size;
	struct rank_facts mine = {.pid = getpid()};
	uint32_t workers;
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	MPI_Comm_split_type(
		MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &host);
	uint32_t cores = cores_of_host(host, &mine.host, &workers);
	MPI_Comm_free(&host);
	uint32_t own = workers ? cores / workers : 1;
	mine.own_cores = (int32_t)(own ? own : 1);
	/* more ranks than cores is the user's wish */
	mine.host_cores = (int32_t)(workers > cores ? workers : cores);
	struct rank_facts *all = xcalloc((size_t)size, sizeof(*all));
	MPI_Allgather(&mine, sizeof(mine), MPI_BYTE, all, sizeof(mine), MPI_BYTE,
		MPI_COMM_WORLD);
	*ret_n = size;
	return all;
}

/* MPI is one per process, and so is this. */
struct pilot_world pilot_world;

int pilot_begin(int *argc, char ***argv)
{
	int rank, given;
	sigset_t stop, before;
	/* threads of the MPI would take the signals that rank 0 wants, and die of them */
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGHUP);
	sigprocmask(SIG_BLOCK, &stop, &before);
	MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &given);
	sigprocmask(SIG_SETMASK, &before, NULL);
	MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	pilot_world.ranks = gather(&pilot_world.size);
	return rank;
}

uint32_t pilot_workers(void)
{
	return pilot_world.size > 1 ? (uint32_t)pilot_world.size - 1 : 0;
}

uint32_t pilot_cores(void)
{
	uint32_t n = 0;
	for (int r = 1; r < pilot_world.size; r++) {
		bool first = true; /* of its host */
		for (int k = 1; k < r && first; k++) {
			first = pilot_world.ranks[k].host != pilot_world.ranks[r].host;
		}
		n += first ? (uint32_t)pilot_world.ranks[r].host_cores : 0;
	}
	return n;
}

uint32_t pilot_most_cores(void)
{
	int32_t most = 1;
	for (int r = 1; r < pilot_world.size; r++) {
		most = pilot_world.ranks[r].host_cores > most
			       ? pilot_world.ranks[r].host_cores
			       : most;
	}
	return (uint32_t)most;
}

static void give_up_waiting(int signal)
{
	(void)signal;
	_exit(0);
}

void pilot_finalize_soon(void)
{
	struct sigaction act = {.sa_handler = give_up_waiting};
	sigaction(SIGALRM, &act, NULL);
	alarm(FINALIZE_S);
}

int pilot_end(int status)
{
	for (int r = 1; r < pilot_world.size; r++) {
		MPI_Request request;
		MPI_Isend(NULL, 0, MPI_BYTE, r, TAG_END, MPI_COMM_WORLD, &request);
		MPI_Request_free(&request);
	}
	if (pilot_world.lost_some) {
		if (status != 0) {
			MPI_Abort(MPI_COMM_WORLD, status);
		}
		pilot_finalize_soon();
	}
	free(pilot_world.ranks);
	MPI_Finalize();
	return status;
}

bool pilot_probe(struct pilot_letter *ret)
{
	int there = 0;
	MPI_Status status;
	if (MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &status) !=
			MPI_SUCCESS ||
		!there) {
		return false;
	}
	MPI_Get_count(&status, MPI_BYTE, &ret->size);
	ret->from = status.MPI_SOURCE;
	ret->tag = status.MPI_TAG;
	return true;
}

struct outgoing {
	MPI_Request request;
	char *bytes; /* owned until it is sent */
};

void outbox_send(struct outbox *o, int rank, enum tag tag, char *bytes, size_t n)
{
	if (o->n == o->cap) {
		o->cap = o->cap ? o->cap * 2 : 16;
		o->v = xreallocarray(o->v, o->cap, sizeof(*o->v));
	}
	struct outgoing *out = &o->v[o->n++];
	out->bytes = bytes;
	MPI_Isend(bytes, (int)n, MPI_BYTE, rank, (int)tag, MPI_COMM_WORLD, &out->request);
}

void outbox_collect(struct outbox *o)
{
	size_t left = 0;
	for (size_t i = 0; i < o->n; i++) {
		int done = 0;
		MPI_Test(&o->v[i].request, &done, MPI_STATUS_IGNORE);
		if (done) {
			free(o->v[i].bytes);
		} else {
			o->v[left++] = o->v[i];
		}
	}
	o->n = left;
}

void outbox_release(struct outbox *o)
{
	outbox_collect(o);
	free(o->v);
	*o = (struct outbox){0};
}

int64_t pace_next(struct pace *p, bool came, int64_t rest_ns)
{
	int64_t now = clock_monotonic_ns(&clock_real);
	if (came || !p->last_ns) {
		p->last_ns = now;
		p->pause_ns = LOOK_FIRST_NS;
	} else if (now - p->last_ns > IDLE_NS && p->pause_ns < LOOK_MOST_NS) {
		p->pause_ns += p->pause_ns / 4 + 1;
	}
	return now + (p->pause_ns > rest_ns ? p->pause_ns : rest_ns);
}

void usual_add(struct usual *u, double seconds)
{
	u->jobs += u->jobs < USUAL_JOBS;
	u->seconds += (seconds - u->seconds) / u->jobs;
}

int64_t usual_rest_ns(const struct usual *u, size_t jobs, uint32_t slots)
{
	if (jobs <= slots) {
		return 0;
	}
	/* until half of those that wait have begun */
	double ns = u->seconds * NS_PER_S * (double)(jobs - slots) / slots / 2;
	ns = ns < REST_MOST_NS ? ns : REST_MOST_NS;
	return ns < REST_LEAST_NS ? 0 : (int64_t)ns;
}
