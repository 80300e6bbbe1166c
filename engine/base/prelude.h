/*
 * Read before the first line of every file (-include): feature macros, attributes, and
 * functions that are not used here.
 */
#ifndef CW_BASE_PRELUDE_H
#define CW_BASE_PRELUDE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CW_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define CW_UNUSED __attribute__((unused))
#define CW_MUST_CHECK __attribute__((warn_unused_result))
#define CW_NORETURN __attribute__((noreturn))
#define CW_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define CW_LIKELY(x) __builtin_expect(!!(x), 1)
#define CW_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* An error of ours, not of the user: says where and aborts. */
#define CW_BUG(...) cw_bug(__FILE__, __LINE__, __VA_ARGS__)
#define cw_assert(cond) ((cond) ? (void)0 : CW_BUG("%s", #cond))
CW_NORETURN void cw_bug(const char *file, int line, const char *fmt, ...) CW_PRINTF(3, 4);

/* Each has a safer neighbour: strbuf, number.h, sys/process.h, localtime_r. */
#define CW_BANNED(f) f##_is_banned_see_base_prelude_h
#undef strcpy
#define strcpy CW_BANNED(strcpy)
#undef strcat
#define strcat CW_BANNED(strcat)
#undef strncpy
#define strncpy CW_BANNED(strncpy)
#undef strncat
#define strncat CW_BANNED(strncat)
#undef sprintf
#define sprintf CW_BANNED(sprintf)
#undef vsprintf
#define vsprintf CW_BANNED(vsprintf)
#undef strtok
#define strtok CW_BANNED(strtok)
#undef gmtime
#define gmtime CW_BANNED(gmtime)
#undef localtime
#define localtime CW_BANNED(localtime)
#undef atoi
#define atoi CW_BANNED(atoi)
#undef atol
#define atol CW_BANNED(atol)
#undef system
#define system CW_BANNED(system)
#undef popen
#define popen CW_BANNED(popen)
#undef alloca
#define alloca CW_BANNED(alloca)

#endif
