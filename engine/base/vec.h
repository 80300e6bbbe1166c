/*
 * Growable arrays. Any struct with the members `v` (pointer), `n` and `cap` (size_t) is
 * one; VEC(T) makes such a struct. Zeroed is empty; vec_release frees.
 */
#ifndef CW_BASE_VEC_H
#define CW_BASE_VEC_H

#include "base/xalloc.h"

#define VEC(T)                                                                           \
	struct {                                                                         \
		T *v;                                                                    \
		size_t n, cap;                                                           \
	}

/* Room for `more` elements behind the last. */
#define vec_reserve(a, more)                                                             \
	((a)->cap - (a)->n >= (size_t)(more)                                             \
			? (void)0                                                        \
			: (void)((a)->v = vec_grow((a)->v, &(a)->cap,                    \
					 size_add((a)->n, (size_t)(more)),               \
					 sizeof(*(a)->v))))

/* Appends `x`. */
#define vec_push(a, ...) (vec_reserve((a), 1), (void)((a)->v[(a)->n++] = (__VA_ARGS__)))

/* Appends a zeroed element and gives its address (until the next push). */
#define vec_add(a)                                                                       \
	(vec_reserve((a), 1), memset(&(a)->v[(a)->n], 0, sizeof(*(a)->v)),               \
		&(a)->v[(a)->n++])

#define vec_pop(a) ((a)->v[--(a)->n])
#define vec_last(a) ((a)->v[(a)->n - 1])
#define vec_clear(a) ((void)((a)->n = 0))
#define vec_release(a) (free((a)->v), (void)((a)->v = NULL, (a)->n = (a)->cap = 0))

/* Growth by half, at least to `need`; for vec_reserve. */
static inline void *vec_grow(void *v, size_t *cap, size_t need, size_t size)
{
	size_t next = *cap + *cap / 2;
	if (next < 8) {
		next = 8;
	}
	if (next < need) {
		next = need;
	}
	*cap = next;
	return xreallocarray(v, next, size);
}

#endif
