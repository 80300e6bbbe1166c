#include "base/intern.h"

#include "base/hash.h"
#include "base/xalloc.h"

enum { FIRST_SLOTS = 64, FIRST_BYTES = 1024 };

void intern_init(struct intern *in)
{
	*in = (struct intern){0};
}

void intern_release(struct intern *in)
{
	free(in->bytes);
	free(in->place);
	free(in->base);
	free(in->slots);
	intern_init(in);
}

/* Ids have as many bits as numbers of slots; what is left of a slot tells names apart
 * without a look at their bytes. */
static uint32_t slot_of(const struct intern *in, uint64_t hash, uint32_t id)
{
	uint32_t tag = (uint32_t)(hash >> 32);
	return (in->id_bits < 32 ? tag << in->id_bits : 0) | (id + 1);
}

/* Names in batches, as in intern_put_many. */
static void fill_slots(struct intern *in)
{
	uint64_t h[INTERN_BATCH];
	for (uint32_t from = 0; from < in->count; from += INTERN_BATCH) {
		uint32_t n = in->count - from;
		n = n < INTERN_BATCH ? n : INTERN_BATCH;
		for (uint32_t i = 0; i < n; i++) {
			struct strview name = intern_str(in, from + i);
			h[i] = hash64(name.p, name.n);
			__builtin_prefetch(&in->slots[(uint32_t)h[i] & in->mask], 1);
		}
		for (uint32_t i = 0; i < n; i++) {
			uint32_t at = (uint32_t)h[i] & in->mask;
			while (in->slots[at]) {
				at = (at + 1) & in->mask;
			}
			in->slots[at] = slot_of(in, h[i], from + i);
		}
	}
}

/* A larger table; the hash of each name is computed anew rather than kept. */
static void grow_slots(struct intern *in, size_t slots)
{
	free(in->slots);
	in->slots = xcalloc(slots, sizeof(*in->slots));
	in->mask = (uint32_t)(slots - 1);
	in->id_bits = (unsigned)__builtin_ctzll(slots);
	fill_slots(in);
}

static size_t slots_for(size_t names)
{
	size_t slots = FIRST_SLOTS;
	while (slots / 4 * 3 < names) {
		slots *= 2;
	}
	return slots;
}

static void grow_places(struct intern *in, size_t need)
{
	size_t cap = in->place_cap + (size_t)in->place_cap / 2;
	cap = cap > need ? cap : need;
	cap = cap < FIRST_SLOTS ? FIRST_SLOTS : cap;
	in->place = xreallocarray(in->place, cap, sizeof(*in->place));
	in->base = xreallocarray(
		in->base, (cap >> INTERN_GROUP_BITS) + 1, sizeof(*in->base));
	if (!in->place_cap) {
		in->place[0] = 0;
		in->base[0] = 0;
	}
	in->place_cap = (uint32_t)(cap < UINT32_MAX ? cap : UINT32_MAX);
}

void intern_reserve(struct intern *in, size_t names, size_t bytes)
{
	size_t count = size_add(in->count, names);
	if (count >= UINT32_MAX - 1) {
		out_of_memory(count);
	}
	size_t need = size_add(size_add(in->used, bytes), names);
	if (need > in->cap) {
		size_t cap = in->cap + in->cap / 2;
		in->cap = cap > need ? cap : need;
		if (in->cap < FIRST_BYTES) {
			in->cap = FIRST_BYTES;
		}
		in->bytes = xreallocarray(in->bytes, in->cap, 1);
	}
	if (count + 1 > in->place_cap) {
		grow_places(in, count + 1);
	}
	if (!in->slots || count > ((size_t)in->mask + 1) / 4 * 3) {
		grow_slots(in, slots_for(count));
	}
}

static uint32_t find_hashed(
	const struct intern *in, const void *p, size_t n, uint64_t h, uint32_t *ret_at)
{
	uint32_t at = (uint32_t)h & in->mask;
	uint32_t ids = in->id_bits < 32 ? (UINT32_C(1) << in->id_bits) - 1 : UINT32_MAX;
	uint32_t tag = slot_of(in, h, UINT32_MAX); /* id + 1 is 0 */
	for (;; at = (at + 1) & in->mask) {
		uint32_t slot = in->slots[at];
		if (!slot) {
			*ret_at = at;
			return INTERN_NONE;
		}
		if ((slot & ~ids) == tag) {
			uint32_t id = (slot & ids) - 1;
			struct strview name = intern_str(in, id);
			if (name.n == n && (n == 0 || memcmp(name.p, p, n) == 0)) {
				return id;
			}
		}
	}
}

uint64_t intern_hash(const void *p, size_t n)
{
	return hash64(p, n);
}

/* The place where the next name begins, `count` being its id. */
static void note_end(struct intern *in)
{
	uint32_t group = in->count >> INTERN_GROUP_BITS;
	if ((in->count & ((1U << INTERN_GROUP_BITS) - 1)) == 0) {
		in->base[group] = in->used;
	}
	if (in->used - in->base[group] > UINT32_MAX) {
		out_of_memory(in->used);
	}
	in->place[in->count] = (uint32_t)(in->used - in->base[group]);
}

uint32_t intern_put_hashed(struct intern *in, const void *p, size_t n, uint64_t h)
{
	uint32_t at;
	uint32_t id = find_hashed(in, p, n, h, &at);
	if (id != INTERN_NONE) {
		return id;
	}
	id = in->count++;
	in->slots[at] = slot_of(in, h, id);
	if (n) {
		memcpy(in->bytes + in->used, p, n);
	}
	in->bytes[in->used + n] = '\0';
	in->used += n + 1;
	note_end(in);
	return id;
}

uint32_t intern_put(struct intern *in, const void *p, size_t n)
{
	intern_reserve(in, 1, n);
	return intern_put_hashed(in, p, n, hash64(p, n));
}

uint32_t intern_find_hashed(
	const struct intern *in, const void *p, size_t n, uint64_t hash)
{
	uint32_t at;
	return in->count ? find_hashed(in, p, n, hash, &at) : INTERN_NONE;
}

uint32_t intern_find(const struct intern *in, const void *p, size_t n)
{
	return in->count ? intern_find_hashed(in, p, n, hash64(p, n)) : INTERN_NONE;
}

void intern_put_many(
	struct intern *in, const struct strview *names, size_t count, uint32_t *ret_ids)
{
	uint64_t h[INTERN_BATCH];
	for (size_t done = 0; done < count;) {
		size_t some = count - done < INTERN_BATCH ? count - done : INTERN_BATCH;
		size_t bytes = 0;
		for (size_t i = 0; i < some; i++) {
			bytes += names[done + i].n;
		}
		intern_reserve(in, some, bytes);
		for (size_t i = 0; i < some; i++) {
			h[i] = hash64(names[done + i].p, names[done + i].n);
			intern_prefetch(in, h[i]);
		}
		for (size_t i = 0; i < some; i++) {
			struct strview name = names[done + i];
			ret_ids[done + i] = intern_put_hashed(in, name.p, name.n, h[i]);
		}
		done += some;
	}
}
