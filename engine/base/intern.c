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
	free(in->slots);
	intern_init(in);
}

static uint32_t tag_of(uint64_t hash)
{
	return (uint32_t)(hash >> 32);
}

/* A larger table; the hash of each name is computed anew rather than kept. */
static void grow_slots(struct intern *in, size_t slots)
{
	uint64_t *fresh = xcalloc(slots, sizeof(*fresh));
	uint32_t mask = (uint32_t)(slots - 1);
	for (uint32_t id = 0; id < in->count; id++) {
		struct strview name = intern_str(in, id);
		uint64_t h = hash64(name.p, name.n);
		uint32_t at = (uint32_t)h & mask;
		while (fresh[at]) {
			at = (at + 1) & mask;
		}
		fresh[at] = (uint64_t)tag_of(h) << 32 | (id + 1);
	}
	free(in->slots);
	in->slots = fresh;
	in->mask = mask;
}

static size_t slots_for(size_t names)
{
	size_t slots = FIRST_SLOTS;
	while (slots / 4 * 3 < names) {
		slots *= 2;
	}
	return slots;
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
		size_t cap = in->place_cap + (size_t)in->place_cap / 2;
		cap = cap > count + 1 ? cap : count + 1;
		cap = cap < FIRST_SLOTS ? FIRST_SLOTS : cap;
		in->place = xreallocarray(in->place, cap, sizeof(*in->place));
		in->place_cap = (uint32_t)(cap < UINT32_MAX ? cap : UINT32_MAX);
		in->place[in->count] = in->used;
	}
	if (!in->slots || count > ((size_t)in->mask + 1) / 4 * 3) {
		grow_slots(in, slots_for(count));
	}
}

static uint32_t find_hashed(
	const struct intern *in, const void *p, size_t n, uint64_t h, uint32_t *ret_at)
{
	uint32_t at = (uint32_t)h & in->mask;
	uint32_t tag = tag_of(h);
	for (;; at = (at + 1) & in->mask) {
		uint64_t slot = in->slots[at];
		if (!slot) {
			*ret_at = at;
			return INTERN_NONE;
		}
		if ((uint32_t)(slot >> 32) == tag) {
			uint32_t id = (uint32_t)slot - 1;
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

uint32_t intern_put_hashed(struct intern *in, const void *p, size_t n, uint64_t h)
{
	uint32_t at;
	uint32_t id = find_hashed(in, p, n, h, &at);
	if (id != INTERN_NONE) {
		return id;
	}
	id = in->count++;
	in->slots[at] = (uint64_t)tag_of(h) << 32 | (id + 1);
	if (n) {
		memcpy(in->bytes + in->used, p, n);
	}
	in->bytes[in->used + n] = '\0';
	in->used += n + 1;
	in->place[id + 1] = in->used;
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
