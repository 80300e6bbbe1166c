/* Where the ticks of an axis stand and how they are labelled. */
#ifndef CW_ABC_TICKS_H
#define CW_ABC_TICKS_H

#include "base/strbuf.h"

enum { TICKS_MOST = 12, TICKS_LABEL_SIZE = 32 };

/* Round numbers from `from` to `to`, `about` so many (at most TICKS_MOST), integers only
 * where `whole`; their number. `tick` has room for TICKS_MOST. */
size_t ticks_linear(double from, double to, size_t about, bool whole, double *tick);

/* Powers of ten and, over few of them, 2 and 5 times them; their number. */
size_t ticks_log(double from, double to, double *tick);

/* `x` in as few digits as tell it from its neighbours `step` away: 2500000 is 2.5e6. */
void ticks_label(double x, double step, char ret[static TICKS_LABEL_SIZE]);

/* Every how many of `n` ticks a label may stand, the widest being `widest` points wide
 * and a unit of the axis `per_unit` points long. */
size_t ticks_stride(const double *tick, size_t n, double per_unit, double widest);

#endif
