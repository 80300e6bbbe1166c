/* Doubles as text, to the byte as Python and NumPy print them. */
#ifndef CW_TEXT_NUMBER_TEXT_H
#define CW_TEXT_NUMBER_TEXT_H

#include "base/strbuf.h"

enum { NUMBER_TEXT_MAX = 32 }; /* bytes of the longest text, with the NUL */

/* The shortest decimal that reads back as `x`, as Python's repr(): "0.5", "100.0", "1e-05".
 * Returns the length. About 50 ns for numbers from 1e-4 to 1e3 where long doubles have 64
 * bits, else one to three printf conversions. */
size_t number_repr(double x, char out[NUMBER_TEXT_MAX]);

/* Appends `x` as numpy.savetxt's default format prints it: "%.18e". */
void number_savetxt(struct strbuf *sb, double x);

#endif
