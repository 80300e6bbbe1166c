/*
 * cwabc-mpi: rank 0 is the master, the others work, in teams of --ranks-per-model. Whoever
 * has nothing to do looks for messages now and then instead of spinning. A rank that dies
 * ends the job, as MPI has it; the progress is on disk, and the same command goes on.
 */
#include <fcntl.h>
#include <math.h>
#include <mpi.h>
#include <signal.h>
#include <unistd.h>

#include "abc/abc_session.h"
#include "abc/map_file.h"
#include "abc/worker.h"
#include "base/number.h"
#include "base/xalloc.h"

/* Tags beyond enum message_type. */
enum { TAG_END = 100 };
static const double lease_seconds = 0.05;

static int world_size, world_rank, team_size = 1;

static int teams(void)
{
	return (world_size - 1) / team_size;
}

/* First rank of team k. */
static int leader(int k)
{
	return 1 + k * team_size;
}

static void send_bytes(int rank, int tag, struct strview bytes)
{
	MPI_Send(bytes.n ? bytes.p : "", (int)bytes.n, MPI_BYTE, rank, tag,
		MPI_COMM_WORLD);
}

/* Waits for a message, with longer and longer naps; gives up after `seconds` (0: never).
 * False where none came. */
static bool receive(
	double seconds, int from, struct strbuf *ret, int *ret_tag, int *ret_rank)
{
	double end = monotonic_seconds() + seconds;
	unsigned nap = 0;

	for (;;) {
		MPI_Status status;
		int there, n;

		MPI_Iprobe(from, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &status);
		if (there) {
			MPI_Get_count(&status, MPI_BYTE, &n);
			strbuf_reset(ret);
			strbuf_grow(ret, (size_t)n);
			MPI_Recv(ret->buf, n, MPI_BYTE, status.MPI_SOURCE, status.MPI_TAG,
				MPI_COMM_WORLD, MPI_STATUS_IGNORE);
			strbuf_setlen(ret, (size_t)n);
			*ret_tag = status.MPI_TAG;
			*ret_rank = status.MPI_SOURCE;
			return true;
		}
		if (seconds > 0 && monotonic_seconds() > end) {
			return false;
		}
		nap = nap < 1000 ? nap + 5 : 1000;
		usleep(nap);
	}
}

struct mpi_team {
	bool busy, stale, begun;
	struct range lease;
};

struct mpi_state {
	struct mpi_team *team;
	struct strbuf begin, buf;
	double seconds; /* of one evaluation, about */
};

/* A rank cannot be ended by itself, so a library that several run has no time limit. */
static int refuse_limits(const struct problem *p, struct strbuf *err)
{
	for (size_t m = 0; team_size > 1 && m < p->nmodels; m++) {
		const struct simulator_spec *sim = &p->model[m].sim;

		if (sim->kind == SIM_LIBRARY && sim->timeout > 0) {
			return fail(err,
				"\"timeout\" of model \"%s\" cannot hold with --ranks-per-model "
				"%d: a library that several ranks run cannot be ended alone; "
				"leave it out",
				p->model[m].name, team_size);
		}
	}
	return 0;
}

static int mpi_open(struct sampler *s, struct strbuf *err)
{
	struct mpi_state *q;

	if (refuse_limits(s->problem, err)) {
		return -1;
	}
	q = xcalloc(1, sizeof(*q));
	q->team = xcalloc((size_t)teams(), sizeof(*q->team));
	strbuf_init(&q->begin);
	strbuf_init(&q->buf);
	s->state = q;
	return 0;
}

static void mpi_close(struct sampler *s)
{
	struct mpi_state *q = s->state;

	if (q) {
		strbuf_release(&q->begin);
		strbuf_release(&q->buf);
		free(q->team);
		free(q);
	}
}

static uint64_t lease_size(const struct sampler *s, const struct sample *job)
{
	const struct mpi_state *q = s->state;

	if (s->options.batch) {
		return s->options.batch;
	}
	if (q->seconds <= 0) {
		return 1;
	}
	return (uint64_t)fmax(
		1, floor(fmin(lease_seconds / q->seconds,
			   (double)collector_expects(job->c) / (2.0 * teams()))));
}

static void hand_out(struct sampler *s, struct sample *job)
{
	struct mpi_state *q = s->state;

	for (int k = 0; k < teams(); k++) {
		struct mpi_team *t = &q->team[k];
		uint64_t lease[2];

		if (t->busy || !collector_lease(job->c, lease_size(s, job), &t->lease)) {
			continue;
		}
		if (!t->begun) {
			send_bytes(leader(k), MESSAGE_BEGIN, strbuf_sv(&q->begin));
			t->begun = true;
		}
		lease[0] = t->lease.first;
		lease[1] = t->lease.end - t->lease.first;
		t->busy = true;
		send_bytes(leader(k), MESSAGE_LEASE,
			(struct strview){(const char *)lease, sizeof(lease)});
	}
}

static int take(
	struct sampler *s, struct sample *job, int tag, int rank, struct strbuf *err)
{
	struct mpi_state *q = s->state;
	struct mpi_team *t = &q->team[(rank - 1) / team_size];
	struct wire_reader r = {.p = q->buf.buf, .n = q->buf.len};
	bool stale = t->stale;
	struct block b;
	double one;
	int status;

	t->busy = t->stale = false;
	if (tag == MESSAGE_FATAL) {
		return stale ? 0 : fail(err, "rank %d: %s", rank, q->buf.buf);
	}
	one = wire_get_f64(&r);
	if (tag != MESSAGE_BLOCK ||
		block_read(&b, &r, s->problem->npar + s->problem->nstat)) {
		return fail(err, "rank %d sent a block that cannot be read", rank);
	}
	one /= (double)(b.count ? b.count : 1);
	q->seconds = q->seconds > 0 ? 0.7 * q->seconds + 0.3 * one : one;
	status = stale ? 0 : sample_add(job, &b, err);
	block_release(&b);
	return status;
}

static enum sample_end mpi_sample(
	struct sampler *s, struct sample *job, struct strbuf *err)
{
	struct mpi_state *q = s->state;
	int tag, rank;

	strbuf_reset(&q->begin);
	if (generation_message(s->problem, job->in, &q->begin, err)) {
		return SAMPLE_ERROR;
	}
	for (int k = 0; k < teams(); k++) {
		q->team[k].begun = false;
	}
	while (collector_state(job->c) == COLLECT_MORE) {
		if (sample_paused(s, job)) {
			return SAMPLE_PAUSED;
		}
		hand_out(s, job);
		if (receive(0.1, MPI_ANY_SOURCE, &q->buf, &tag, &rank) &&
			take(s, job, tag, rank, err)) {
			return SAMPLE_ERROR;
		}
	}
	for (int k = 0; k < teams(); k++) {
		q->team[k].stale = q->team[k].busy;
	}
	return SAMPLE_DONE;
}

static const struct sampler_ops sampler_mpi_ops = {
	.name = "mpi",
	.open = mpi_open,
	.sample = mpi_sample,
	.close = mpi_close,
};

static void share(void *comm, void *p, size_t n)
{
	MPI_Bcast(p, (int)n, MPI_BYTE, 0, *(MPI_Comm *)comm);
}

/* worker_handle, after a look at whether the master means the same problem. */
static bool handle(const struct problem *p, struct worker *w, enum message_type type,
	const struct strbuf *in, enum message_type *ret_type, struct strbuf *ret)
{
	struct wire_reader r = {.p = in->buf, .n = in->len};

	if (type == MESSAGE_BEGIN &&
		generation_message_check(p, "what rank 0 works on", &r, ret)) {
		*ret_type = MESSAGE_FATAL;
		return true;
	}
	return worker_handle(w, type, (struct strview){r.p, r.n}, ret_type, ret);
}

/* A working rank: messages come from the master or, inside a team, from its leader. */
static void serve(struct session *s, bool sound, MPI_Comm comm)
{
	struct sim_team team = {.comm = &comm, .share = share};
	bool leads = (world_rank - 1) % team_size == 0;
	struct strbuf in = STRBUF_INIT, out = STRBUF_INIT;
	struct worker w;
	int tag, rank;

	if (sound) {
		worker_init(&w, &s->problem, NULL);
		w.evaluator.team = team_size > 1 ? &team : NULL;
	}
	while (receive(0, MPI_ANY_SOURCE, &in, &tag, &rank) && tag != TAG_END) {
		enum message_type answer = MESSAGE_FATAL;
		bool due = true;

		for (int i = 1; leads && i < team_size; i++) {
			send_bytes(world_rank + i, tag, strbuf_sv(&in));
		}
		if (sound) {
			due = handle(&s->problem, &w, (enum message_type)tag, &in,
				&answer, &out);
		} else {
			fail(&out, "the problem cannot be read on this rank");
		}
		if (due && leads) {
			send_bytes(0, (int)answer, strbuf_sv(&out));
		}
	}
	for (int i = 1; leads && i < team_size; i++) {
		send_bytes(world_rank + i, TAG_END, SV(""));
	}
	if (leads) {
		send_bytes(0, TAG_END, SV(""));
	}
	if (sound) {
		worker_release(&w);
	}
	strbuf_release(&in);
	strbuf_release(&out);
}

/* The value of --ranks-per-model, wherever it stands; 1 also for what is none, which the
 * master says when it reads its options. */
static uint64_t find_ranks_per_model(int argc, char **argv)
{
	static const char name[] = "--ranks-per-model";

	for (int i = 1; i < argc; i++) {
		size_t n = sizeof(name) - 1;
		if (strncmp(argv[i], name, n) == 0) {
			const char *value = argv[i][n] == '=' ? argv[i] + n + 1
					    : i + 1 < argc    ? argv[i + 1]
							      : "";
			double x = 0;
			return parse_double(sv_from(value), &x) == 0 && x >= 1 && x < 1e6
				       ? (uint64_t)x
				       : 1;
		}
	}
	return 1;
}

/* n teams of m ranks and a master: n m + 1 ranks. */
static bool fits(uint64_t m)
{
	uint64_t workers = (uint64_t)world_size - 1, below, above;

	if (workers >= m && workers % m == 0) {
		return true;
	}
	below = workers / m * m + 1;
	above = below + m;
	if (world_rank == 0 && below > 1) {
		abc_error(
			"%d ranks do not fit --ranks-per-model %llu: give mpirun -n %llu or %llu "
			"(teams times ranks, and one master)",
			world_size, (unsigned long long)m, (unsigned long long)below,
			(unsigned long long)above);
	} else if (world_rank == 0) {
		abc_error(
			"%d rank%s too few: give mpirun -n %llu or more (one master, and %llu "
			"for each simulation)",
			world_size, world_size == 1 ? " is" : "s are",
			(unsigned long long)m + 1, (unsigned long long)m);
	}
	return false;
}

/* The command, if it samples: others, and calls for help, concern the first rank alone. */
static const struct abc_command *sampling_command(int argc, char **argv)
{
	const struct abc_command *found = NULL;

	for (size_t i = 0; argc > 1 && i < abc_command_count; i++) {
		if (strcmp(abc_commands[i].name, argv[1]) == 0 &&
			strchr(abc_commands[i].allows, 'M')) {
			found = &abc_commands[i];
		}
	}
	for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (abc_is_help(argv[i])) {
			found = NULL;
		}
	}
	return found;
}

/* What a rank that is not the master makes of the command line: it loads the problem, and
 * leaves it to the master to say what is wrong with either. */
static bool open_quietly(const struct abc_command *command, int argc, char **argv,
	struct abc_options *o, struct session *s)
{
	int own = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	bool sound;

	if (nowhere >= 0) {
		dup2(nowhere, STDERR_FILENO);
		close(nowhere);
	}
	o->mpi = &sampler_mpi_ops;
	sound = abc_parse(command, argc - 2, argv + 2, o) == 0;
	if (sound && session_open(s, o) != ABC_OK) {
		session_release(s);
		sound = false;
	}
	if (own >= 0) {
		dup2(own, STDERR_FILENO);
		close(own);
	}
	return sound;
}

/* A rank that works. */
static void work(const struct abc_command *command, int argc, char **argv, MPI_Comm comm)
{
	struct abc_options o = {0};
	struct session s;
	bool sound = open_quietly(command, argc, argv, &o, &s);

	serve(&s, sound, comm);
	if (sound) {
		session_release(&s);
	}
	abc_options_release(&o);
}

/* Sends the teams home, and takes what they still had in hand: MPI wants every message to
 * be received. */
static void end_teams(void)
{
	struct strbuf ignored = STRBUF_INIT;
	int left = teams(), tag, rank;

	for (int k = 0; k < teams(); k++) {
		send_bytes(leader(k), TAG_END, SV(""));
	}
	while (left > 0) {
		receive(0, MPI_ANY_SOURCE, &ignored, &tag, &rank);
		left -= tag == TAG_END;
	}
	strbuf_release(&ignored);
}

static int with_ranks(const struct abc_command *command, int argc, char **argv)
{
	uint64_t m = find_ranks_per_model(argc, argv);
	int status = ABC_OK;
	MPI_Comm comm;

	if (!fits(m)) {
		return ABC_USAGE;
	}
	team_size = (int)m;
	MPI_Comm_split(MPI_COMM_WORLD, world_rank ? (world_rank - 1) / team_size + 1 : 0,
		world_rank, &comm);
	if (world_rank == 0) {
		status = abc_main(argc, argv, &sampler_mpi_ops);
		end_teams();
	} else {
		work(command, argc, argv, comm);
	}
	MPI_Comm_free(&comm);
	return status;
}

int main(int argc, char **argv)
{
	const struct abc_command *command = sampling_command(argc, argv);
	int provided, status = ABC_OK;

	signal(SIGPIPE, SIG_IGN); /* of a simulator that ends before it reads */
	MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
	MPI_Comm_size(MPI_COMM_WORLD, &world_size);
	MPI_Comm_rank(MPI_COMM_WORLD, &world_rank);
	if (command) {
		status = with_ranks(command, argc, argv);
	} else if (world_rank == 0) {
		status = abc_main(argc, argv, &sampler_mpi_ops);
	}
	MPI_Finalize();
	return status;
}
