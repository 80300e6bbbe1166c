/* Images of .npy files (version 1.0), as pyABC keeps arrays: little-endian doubles. */
#ifndef CW_ABC_NPY_H
#define CW_ABC_NPY_H

#include "base/strbuf.h"

struct npy {
	struct strbuf buf;
	size_t n; /* the header in buf is for so many numbers */
	bool scalar, filled;
	size_t head;
};

/* The image of n numbers, or of one as an array of no dimension. Borrowed until the next
 * call; the header is made only when n changes. */
struct strview npy_image(struct npy *s, const double *v, size_t n, bool scalar);
void npy_release(struct npy *s);

#endif
