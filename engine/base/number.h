/* Numbers, sizes and times as people write them, with limits; the whole text must fit. */
#ifndef CW_BASE_NUMBER_H
#define CW_BASE_NUMBER_H

#include "base/strview.h"

/* All return 0, or -1 (result untouched) where the text is something else or too large. */

/* [+-]digits, decimal. */
int parse_i64(struct strview s, int64_t *ret);

/* A finite decimal number, C locale. */
int parse_double(struct strview s, double *ret);

/* Memory or disk in MB = 10^6 bytes, rounded up: "4000", "4GB", "4 GB", "4GiB" (4295),
 * units kB MB GB TB PB, KiB MiB GiB TiB PiB, K M G T P (as kB...), B. A bare number is MB.
 * At least 1 where not 0. */
int parse_size_mb(struct strview s, int64_t *ret_mb);

/* Seconds: "90", "90s", "1.5h", "15m", "2h", "1d", "1h30m", rounded up. Bare: seconds. */
int parse_seconds(struct strview s, int64_t *ret_seconds);

/* Minutes as schedulers want them: "120" (minutes), "2h", "90s" (2), rounded up. */
int parse_minutes(struct strview s, int64_t *ret_minutes);

/* "10/s", "6/m" or "6/min", "100/h": events a second. */
int parse_rate(struct strview s, double *ret_per_second);

#endif
