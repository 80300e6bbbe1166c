/* The rows of RUN.db that there is one or more of for each particle. */
#ifndef CW_ABC_HISTORY_ROWS_H
#define CW_ABC_HISTORY_ROWS_H

#include "abc/population.h"
#include "base/vec.h"
#include "db/db.h"

/* A row of `particles`; ids follow each other in the order of adding. */
struct particle_row {
	const struct population *pop; /* borrowed; NULL: the observed data */
	size_t at;                    /* which of pop */
	int64_t model;                /* row of `models` */
	double w;
};

struct history_rows {
	const struct problem *p;
	VEC(struct particle_row) row;           /* since the last write */
	uint64_t parameters;                    /* of them together */
	int64_t particle, parameter, statistic; /* ids written so far */
};

void history_rows_init(struct history_rows *h, const struct problem *p);
void history_rows_release(struct history_rows *h);

/* The observed data as a particle, or particle `at` of `pop`. */
void history_rows_add_observed(struct history_rows *h, int64_t model);
void history_rows_add(struct history_rows *h, const struct population *pop, size_t at,
	int64_t model, double w);

/* Adds them to particles, parameters, samples and summary_statistics. */
int history_rows_write(struct history_rows *h, struct db *db);

#endif
