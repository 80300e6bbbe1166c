/* The common parts of autocorrelation and autocorrelation-mpi: from files to a file. */
#ifndef CW_TEXT_ACF_JOB_H
#define CW_TEXT_ACF_JOB_H

#include "text/acf.h"
#include "text/dat_file.h"
#include "text/tool.h"

enum {
	ACF_WORDS_MAX = 100000,
	ACF_LAGS_MAX = 1000000,
	ACF_THREADS_MAX = 1024,
	ACF_CELLS_MAX = 1 << 26
};

struct acf_job {
	const struct tool *tool; /* borrowed, as the names are */
	const char *book, *dat, *out;
	uint64_t words, lags, threads;
};

/* The job when no option is given, and its options as rows of a tool's table. */
#define ACF_JOB_DEFAULTS                                                                 \
	{                                                                                \
		.words = 16, .lags = 100, .threads = 1                                   \
	}
#define ACF_JOB_WORDS(job)                                                               \
	{                                                                                \
		.name = "words", .letter = 'w', .type = TOOL_UINT,                       \
		.target = &(job)->words, .min = 1, .max = ACF_WORDS_MAX, .arg = "N",     \
		.help = "most frequent words to average over (16)"                       \
	}
#define ACF_JOB_TIMESTEPS(job)                                                           \
	{                                                                                \
		.name = "timesteps", .letter = 't', .type = TOOL_UINT,                   \
		.target = &(job)->lags, .min = 1, .max = ACF_LAGS_MAX, .arg = "T",       \
		.help = "lags 0 to T - 1 (100)"                                          \
	}

/* Takes the tool and its operands BOOK, DAT, OUT into the job, all borrowed. Words times lags
 * must be no more than memory should be asked for; if not, an error of the command line is
 * printed. 0 or TOOL_USAGE. */
int acf_job_take(struct acf_job *job, const struct tool *tool, char **operands);

/* Reads the counts and keeps the job's most frequent words; fewer are an error. 0 or -1
 * (printed, nothing to release). */
int acf_job_words(const struct acf_job *job, struct dat *ret);

/* Counts the words words[0..n-1] in the book, with up to job->threads threads, each
 * reading a part of it; a small book or a pipe is read by one. *ret is released by the
 * caller; *ret_threads is how many there were. 0, or -1 (printed; *ret is not set). */
int acf_job_count(const struct acf_job *job, const struct word_count *words, size_t n,
	struct acf *ret, size_t *ret_threads);

/* Holds what was counted against the counts that came with the words: a difference means
 * that book and counts do not belong together. 0 or -1 (printed). */
int acf_job_check(
	const struct acf_job *job, const struct acf *acf, const struct word_count *words);

/* Writes lines "t + 1,average[t]" as numpy.savetxt does. 0 or -1 (printed). */
int acf_job_write(const struct acf_job *job, const double *average);

/* Prints the time of the computation: to standard output, or standard error where that is
 * the table. `how` names the workers, e.g. "2 threads". */
void acf_job_print_time(
	const struct acf_job *job, double seconds, uint64_t text_words, const char *how);

/* Seconds on a clock that only goes forward. */
double acf_job_clock(void);

#endif
