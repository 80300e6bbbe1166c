/*
 * Bytes to a number and back: equal strings get one id, ids count up from 0, equality
 * of names becomes equality of integers. Names are held once, in one growing block;
 * 4 bytes a name for its place, and a table of 4-byte slots at most 3/4 full.
 */
#ifndef CW_BASE_INTERN_H
#define CW_BASE_INTERN_H

#include "base/strview.h"

#define INTERN_NONE UINT32_MAX

/* Names whose places are counted from one base; their bytes are less than 4 GiB in all. */
enum { INTERN_GROUP_BITS = 8 };

struct intern {
	char *bytes;      /* name, NUL, name, NUL, ... */
	size_t used, cap; /* of bytes */
	uint32_t *place;  /* id -> offset of its name from the base of its group */
	uint64_t *base;   /* id >> INTERN_GROUP_BITS -> offset in bytes */
	uint32_t count, place_cap;
	/* low id_bits bits: id + 1, the others: a tag of the hash; 0 is free */
	uint32_t *slots;
	uint32_t mask; /* slots - 1 */
	unsigned id_bits;
};

void intern_init(struct intern *in);
void intern_release(struct intern *in);

/* Room for `names` more names of `bytes` bytes in all, so that nothing moves meanwhile. */
void intern_reserve(struct intern *in, size_t names, size_t bytes);

/* The id of the `n` bytes at `p`, new or known. `p` must not lie in the table itself.
 * More than 2^32 - 2 names end the program. */
uint32_t intern_put(struct intern *in, const void *p, size_t n);

/* The id, or INTERN_NONE where the name is not known. */
uint32_t intern_find(const struct intern *in, const void *p, size_t n);

/*
 * The steps of intern_put apart, for callers that have many names at hand: hash all of
 * them, prefetch their slots, then put them, which hides the cache misses of a large
 * table. intern_put_hashed needs room (intern_reserve) for the name.
 */
uint64_t intern_hash(const void *p, size_t n);
static inline void intern_prefetch(const struct intern *in, uint64_t hash)
{
	if (in->slots) {
		__builtin_prefetch(&in->slots[(uint32_t)hash & in->mask]);
	}
}
uint32_t intern_put_hashed(struct intern *in, const void *p, size_t n, uint64_t hash);
uint32_t intern_find_hashed(
	const struct intern *in, const void *p, size_t n, uint64_t hash);

/* Where the name of `id` begins; of `count`: where the next one will. */
static inline uint64_t intern_place(const struct intern *in, uint32_t id)
{
	return in->base[id >> INTERN_GROUP_BITS] + in->place[id];
}

/* The name of `id`, with a NUL behind it. Borrowed until the next intern_put. */
static inline struct strview intern_str(const struct intern *in, uint32_t id)
{
	uint64_t at = intern_place(in, id);
	return (struct strview){
		in->bytes + at, (size_t)(intern_place(in, id + 1) - at - 1)};
}

/*
 * Many names at once: up to INTERN_BATCH names are hashed and their slots prefetched
 * before the first is looked up, which hides the cache misses of large tables.
 * ret_ids[i] is the id of names[i].
 */
enum { INTERN_BATCH = 64 };
void intern_put_many(
	struct intern *in, const struct strview *names, size_t count, uint32_t *ret_ids);

#endif
