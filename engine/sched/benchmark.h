/* Benchmark files: one job's usage in Snakemake's columns. */
#ifndef CW_SCHED_BENCHMARK_H
#define CW_SCHED_BENCHMARK_H

#include "exec/executor.h"

/* Writes the file. 0, or -1 with errno. What was not measured is NA. */
int benchmark_write(const char *path, const struct job_usage *usage);

#endif
