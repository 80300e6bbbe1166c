/*
 * autocorrelation-mpi BOOK DAT OUT: autocorrelation under mpirun, the words split over the
 * ranks. Each rank reads the book for its own words, rank 0 collects the rows and averages
 * them in the order of the words, so the result does not depend on the number of ranks.
 */
#include <mpi.h>

#include "text/acf_job.h"

enum { TAG_ROWS = 1 };

struct world {
	int rank, size;
	bool p2p; /* collect by messages from rank to rank */
};

/* Words of a rank: the first words % size ranks have one more than the others. */
static size_t first_word(const struct acf_job *job, const struct world *w, int rank)
{
	size_t words = (size_t)job->words;
	size_t size = (size_t)w->size;
	size_t r = (size_t)rank;
	size_t more = words % size;
	return words / size * r + (r < more ? r : more);
}

static size_t word_count_of(const struct acf_job *job, const struct world *w, int rank)
{
	return first_word(job, w, rank + 1) - first_word(job, w, rank);
}

/* Rows of this rank's words (returns owned) and the length of the text. 0 or -1. */
static int compute_rows(const struct acf_job *job, const struct world *w,
	double **ret_rows, uint64_t *ret_total)
{
	struct dat words;
	if (acf_job_words(job, &words)) {
		return -1;
	}
	size_t n = word_count_of(job, w, w->rank);
	const struct word_count *own = words.v + first_word(job, w, w->rank);
	struct acf acf;
	size_t threads;
	int r = 0;
	if (n > 0) {
		r = acf_job_count(job, own, n, &acf, &threads);
	}
	if (n > 0 && !r) {
		r = acf_job_check(job, &acf, own);
		double *rows = xcalloc(size_mul(n, acf.lags), sizeof(*rows));
		for (size_t i = 0; i < n && !r; i++) {
			acf_result(&acf, i, rows + i * acf.lags);
		}
		*ret_rows = rows;
		*ret_total = acf.total;
		acf_release(&acf);
	}
	dat_release(&words);
	return r;
}

/* Whether any rank failed. All ranks try without a word; then the first that failed does
 * it again and says what is wrong, so there is one message for one fault. */
static int agree(const struct acf_job *job, const struct world *w, int result)
{
	int mine = result ? w->rank : w->size;
	int first = w->size;
	MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
	if (first == w->size) {
		return 0;
	}
	if (first == w->rank) {
		struct tool loud = *job->tool;
		loud.quiet = false;
		struct acf_job again = *job;
		again.tool = &loud;
		double *rows = NULL;
		uint64_t total = 0;
		compute_rows(&again, w, &rows, &total);
		free(rows);
	}
	return -1;
}

/* All rows to rank 0 by one collective call. */
static void gather_rows(const struct acf_job *job, const struct world *w,
	MPI_Datatype row, const double *own, double *all)
{
	int *counts = xcalloc((size_t)w->size, sizeof(*counts));
	int *places = xcalloc((size_t)w->size, sizeof(*places));
	for (int r = 0; r < w->size; r++) {
		counts[r] = (int)word_count_of(job, w, r);
		places[r] = (int)first_word(job, w, r);
	}
	MPI_Gatherv(
		own, counts[w->rank], row, all, counts, places, row, 0, MPI_COMM_WORLD);
	free(places);
	free(counts);
}

/* The same by one message from each rank that has words. */
static void send_rows(const struct acf_job *job, const struct world *w, MPI_Datatype row,
	const double *own, double *all)
{
	size_t n = word_count_of(job, w, w->rank);
	if (w->rank > 0) {
		if (n > 0) {
			MPI_Send(own, (int)n, row, 0, TAG_ROWS, MPI_COMM_WORLD);
		}
		return;
	}
	size_t lags = (size_t)job->lags;
	memcpy(all, own, n * lags * sizeof(*all));
	for (int r = 1; r < w->size && word_count_of(job, w, r) > 0; r++) {
		double *place = all + first_word(job, w, r) * lags;
		MPI_Recv(place, (int)word_count_of(job, w, r), row, r, TAG_ROWS,
			MPI_COMM_WORLD, MPI_STATUS_IGNORE);
	}
}

/* Rank 0: averages, writes, prints the time; 0 or -1. */
static int finish(const struct acf_job *job, const struct world *w, const double *rows,
	double start, uint64_t total)
{
	double *average = xcalloc((size_t)job->lags, sizeof(*average));
	acf_average(rows, (size_t)job->words, (size_t)job->lags, average);
	double seconds = MPI_Wtime() - start;
	int r = acf_job_write(job, average);
	if (!r) {
		char how[64];
		snprintf(how, sizeof(how), "%d rank%s, %s", w->size,
			w->size == 1 ? "" : "s", w->p2p ? "point-to-point" : "gather");
		acf_job_print_time(job, seconds, total, how);
	}
	free(average);
	return r;
}

/* All of it, in all ranks; 0 or -1, the same in all of them. */
static int run(const struct acf_job *job, const struct world *w)
{
	MPI_Barrier(MPI_COMM_WORLD);
	double start = MPI_Wtime();
	double *own = NULL;
	uint64_t total = 0;
	int r = compute_rows(job, w, &own, &total);
	if (agree(job, w, r)) {
		free(own);
		return -1;
	}
	double *all = NULL;
	if (w->rank == 0) {
		all = xcalloc(
			size_mul((size_t)job->words, (size_t)job->lags), sizeof(*all));
	}
	MPI_Datatype row;
	MPI_Type_contiguous((int)job->lags, MPI_DOUBLE, &row);
	MPI_Type_commit(&row);
	if (w->p2p) {
		send_rows(job, w, row, own, all);
	} else {
		gather_rows(job, w, row, own, all);
	}
	MPI_Type_free(&row);
	if (w->rank == 0) {
		struct tool loud = *job->tool;
		loud.quiet = false;
		struct acf_job last = *job;
		last.tool = &loud;
		r = finish(&last, w, all, start, total);
	}
	MPI_Bcast(&r, 1, MPI_INT, 0, MPI_COMM_WORLD);
	free(all);
	free(own);
	return r;
}

/* The command line, then the work; the exit status. */
static int main_in_world(struct world *w, int argc, char **argv)
{
	struct acf_job job = ACF_JOB_DEFAULTS;
	bool gather = false;
	const struct tool_option options[] = {
		ACF_JOB_WORDS(&job),
		ACF_JOB_TIMESTEPS(&job),
		{.name = "gather",
			.type = TOOL_FLAG,
			.target = &gather,
			.help = "collect by a collective call (default)"},
		{.name = "p2p",
			.type = TOOL_FLAG,
			.target = &w->p2p,
			.help = "collect by point-to-point messages"},
		{.name = NULL},
	};
	struct tool tool = {
		.name = "autocorrelation-mpi",
		.operands = "BOOK DAT OUT",
		.summary =
			"The program autocorrelation under mpirun: the words are split over the "
			"ranks.\nEvery rank reads BOOK and DAT; rank 0 writes OUT. The result is "
			"the same for\nany number of ranks.",
		.options = options,
		.min_operands = 3,
		.max_operands = 3,
		.quiet = w->rank > 0,
	};
	int first = 0;
	int status = tool_parse(&tool, argc, argv, &first);
	if (status != -1) {
		return status;
	}
	if (gather && w->p2p) {
		return tool_usage(&tool, "--gather and --p2p exclude each other");
	}
	if (acf_job_take(&job, &tool, argv + first)) {
		return TOOL_USAGE;
	}
	if (strcmp(job.book, "-") == 0 || strcmp(job.dat, "-") == 0) {
		return tool_usage(
			&tool, "BOOK and DAT must be files that every rank can read");
	}
	tool.quiet = true; /* see agree() */
	int r = run(&job, w);
	return r || (w->rank == 0 && fflush(stdout)) ? TOOL_FAILED : TOOL_OK;
}

int main(int argc, char **argv)
{
	struct world w = {0};
	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &w.rank);
	MPI_Comm_size(MPI_COMM_WORLD, &w.size);
	int status = main_in_world(&w, argc, argv);
	MPI_Finalize();
	return status;
}
