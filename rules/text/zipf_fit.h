/* How well word counts follow Zipf's law: the word of rank r comes with weight r^-s. */
#ifndef CW_TEXT_ZIPF_FIT_H
#define CW_TEXT_ZIPF_FIT_H

#include "text/count_table.h"

struct zipf_fit {
	double exponent; /* s, by maximum likelihood over the ranks 1..n */
	double error;    /* its standard error, from the Fisher information */
	double distance; /* Kolmogorov-Smirnov, between the ranks' distributions */
};

/* Fits `n` counts in falling order, rank 1 first. NaN where there is nothing to fit (fewer
 * than two words). About 10 passes over the ranks. */
struct zipf_fit zipf_fit(const struct word_count *counts, size_t n);

#endif
