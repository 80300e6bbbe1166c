/* autocorrelation BOOK DAT OUT: how soon the most frequent words come again. */
#include "text/acf_job.h"

/* Rows of all words, averaged. */
static void average_words(const struct acf *acf, double *average)
{
	double *rows = xcalloc(size_mul(acf->n, acf->lags), sizeof(*rows));
	for (size_t w = 0; w < acf->n; w++) {
		acf_result(acf, w, rows + w * acf->lags);
	}
	acf_average(rows, acf->n, acf->lags, average);
	free(rows);
}

/* All of it; 0 or -1. */
static int run(const struct acf_job *job)
{
	struct dat words;
	if (acf_job_words(job, &words)) {
		return -1;
	}
	struct acf acf;
	size_t threads = 1;
	double start = acf_job_clock();
	int r = acf_job_count(job, words.v, words.n, &acf, &threads);
	if (!r) {
		double *average = xcalloc((size_t)job->lags, sizeof(*average));
		r = acf_job_check(job, &acf, words.v);
		if (!r) {
			average_words(&acf, average);
			double seconds = acf_job_clock() - start;
			r = acf_job_write(job, average);
			if (!r) {
				char how[40];
				snprintf(how, sizeof(how), "%zu thread%s", threads,
					threads == 1 ? "" : "s");
				acf_job_print_time(job, seconds, acf.total, how);
			}
		}
		free(average);
		acf_release(&acf);
	}
	dat_release(&words);
	return r;
}

int main(int argc, char **argv)
{
	struct acf_job job = ACF_JOB_DEFAULTS;
	const struct tool_option options[] = {
		ACF_JOB_WORDS(&job),
		ACF_JOB_TIMESTEPS(&job),
		{.name = "jobs",
			.letter = 'j',
			.type = TOOL_UINT,
			.target = &job.threads,
			.min = 1,
			.max = ACF_THREADS_MAX,
			.arg = "N",
			.help = "use up to N threads (1); the result is the same"},
		{.name = NULL},
	};
	const struct tool tool = {
		.name = "autocorrelation",
		.operands = "BOOK DAT OUT",
		.summary =
			"Writes to OUT (CSV) the average autocorrelation of the most frequent "
			"words of the\ntext BOOK, whose counts wordcount wrote to DAT, and "
			"prints the time it took.",
		.options = options,
		.min_operands = 3,
		.max_operands = 3,
	};
	int first = 0;
	int status = tool_parse(&tool, argc, argv, &first);
	if (status != -1) {
		return status;
	}
	if (acf_job_take(&job, &tool, argv + first)) {
		return TOOL_USAGE;
	}
	if (run(&job) || fflush(stdout)) {
		return TOOL_FAILED;
	}
	return TOOL_OK;
}
