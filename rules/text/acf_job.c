#include "text/acf_job.h"

#include <pthread.h>
#include <sys/stat.h>

#include "text/number_text.h"
#include "text/output_file.h"

enum { PART_MIN = 1 << 16 }; /* bytes of book that are worth a thread */

int acf_job_take(struct acf_job *job, const struct tool *tool, char **operands)
{
	job->tool = tool;
	job->book = operands[0];
	job->dat = operands[1];
	job->out = operands[2];
	if (job->words * job->lags <= ACF_CELLS_MAX) {
		return 0;
	}
	return tool_usage(job->tool, "--words times --timesteps must be at most %d",
		(int)ACF_CELLS_MAX);
}

int acf_job_words(const struct acf_job *job, struct dat *ret)
{
	if (dat_read(ret, job->tool, job->dat)) {
		return -1;
	}
	if (ret->n < job->words) {
		tool_error(job->tool,
			"%s: %zu words, but the %llu most frequent are wanted (see --words)",
			job->dat, ret->n, (unsigned long long)job->words);
		dat_release(ret);
		return -1;
	}
	ret->n = (size_t)job->words;
	struct count_table seen;
	count_table_init(&seen, 0);
	int r = 0;
	for (size_t i = 0; i < ret->n && !r; i++) {
		count_table_add(&seen, ret->v[i].word);
		if (seen.used != i + 1) {
			r = tool_error(job->tool, "%s: the word '" SV_FMT "' comes twice",
				job->dat, SV_ARG(ret->v[i].word));
		}
	}
	count_table_release(&seen);
	if (r) {
		dat_release(ret);
	}
	return r;
}

/* What one thread does: a part of the book. */
struct part {
	const struct tool *tool;
	const char *book;
	uint64_t from, to;
	struct acf acf;
	pthread_t thread;
	int result;
};

static void *count_part(void *arg)
{
	struct part *part = arg;
	struct tokens text;
	part->result =
		tokens_open_part(&text, part->tool, part->book, part->from, part->to);
	if (part->result == 0) {
		part->result = acf_add_text(&part->acf, &text);
		tokens_release(&text);
	}
	return NULL;
}

/* Threads that this book is worth. */
static size_t useful_threads(const struct acf_job *job)
{
	struct stat st;
	if (job->threads < 2 || strcmp(job->book, "-") == 0 || stat(job->book, &st) ||
		!S_ISREG(st.st_mode)) {
		return 1;
	}
	uint64_t parts = (uint64_t)st.st_size / PART_MIN;
	parts = parts < job->threads ? parts : job->threads;
	return parts ? (size_t)parts : 1;
}

/* Runs all parts, the first in this thread; 0 or -1. */
static int run_parts(struct part *parts, size_t n)
{
	size_t started = 1;
	while (started < n && pthread_create(&parts[started].thread, NULL, count_part,
				      &parts[started]) == 0) {
		started++;
	}
	count_part(&parts[0]);
	for (size_t i = started; i < n; i++) {
		count_part(&parts[i]); /* no more threads to be had */
	}
	int r = parts[0].result;
	for (size_t i = 1; i < n; i++) {
		if (i < started) {
			pthread_join(parts[i].thread, NULL);
		}
		r = r ? r : parts[i].result;
	}
	return r;
}

/* One attempt with `n` threads. */
static int count_with(const struct acf_job *job, const struct tool *tool,
	const struct word_count *words, size_t n_words, size_t n, struct acf *ret)
{
	uint64_t *cuts = xcalloc(n + 1, sizeof(*cuts));
	cuts[n] = UINT64_MAX;
	if (n > 1 && tokens_split(tool, job->book, n, cuts)) {
		free(cuts);
		return -1;
	}
	struct part *parts = xcalloc(n, sizeof(*parts));
	for (size_t i = 0; i < n; i++) {
		parts[i].tool = tool;
		parts[i].book = job->book;
		parts[i].from = cuts[i];
		parts[i].to = cuts[i + 1];
		acf_init(&parts[i].acf, words, n_words, (size_t)job->lags);
	}
	int r = run_parts(parts, n);
	for (size_t i = 1; i < n && !r; i++) {
		acf_append(&parts[0].acf, &parts[i].acf);
	}
	for (size_t i = r ? 0 : 1; i < n; i++) {
		acf_release(&parts[i].acf);
	}
	if (!r) {
		*ret = parts[0].acf;
	}
	free(parts);
	free(cuts);
	return r;
}

int acf_job_count(const struct acf_job *job, const struct word_count *words, size_t n,
	struct acf *ret, size_t *ret_threads)
{
	*ret_threads = useful_threads(job);
	if (*ret_threads > 1) {
		/* Threads keep quiet: of several errors the first in the text is told, which
		 * one thread finds. */
		struct tool quiet = *job->tool;
		quiet.quiet = true;
		if (count_with(job, &quiet, words, n, *ret_threads, ret) == 0) {
			return 0;
		}
		*ret_threads = 1;
	}
	return count_with(job, job->tool, words, n, 1, ret);
}

int acf_job_check(
	const struct acf_job *job, const struct acf *acf, const struct word_count *words)
{
	if (acf->total == 0 && acf->n > 0) {
		return tool_error(job->tool, "%s: no words in it", job->book);
	}
	for (size_t w = 0; w < acf->n; w++) {
		if (acf->words[w].seen != words[w].count) {
			return tool_error(job->tool,
				"%s and %s do not belong together: '" SV_FMT
				"' comes %llu times in the text, %llu by the counts",
				job->book, job->dat, SV_ARG(words[w].word),
				(unsigned long long)acf->words[w].seen,
				(unsigned long long)words[w].count);
		}
	}
	return 0;
}

int acf_job_write(const struct acf_job *job, const double *average)
{
	struct output_file out;
	if (output_file_open(&out, job->tool, job->out)) {
		return -1;
	}
	for (uint64_t t = 0; t < job->lags; t++) {
		number_savetxt(&out.data, (double)(t + 1));
		strbuf_addch(&out.data, ',');
		number_savetxt(&out.data, average[t]);
		strbuf_addch(&out.data, '\n');
		if (output_file_pump(&out)) {
			return -1;
		}
	}
	return output_file_commit(&out);
}

void acf_job_print_time(
	const struct acf_job *job, double seconds, uint64_t text_words, const char *how)
{
	FILE *to = strcmp(job->out, "-") ? stdout : stderr;
	fprintf(to, "time: %.6f s (%llu words, %llu lags, %llu words of text, %s)\n",
		seconds, (unsigned long long)job->words, (unsigned long long)job->lags,
		(unsigned long long)text_words, how);
}

double acf_job_clock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
