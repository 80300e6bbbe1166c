#include "base/hashmap.h"

#include "base/xalloc.h"

void hashmap_init(struct hashmap *m)
{
	*m = (struct hashmap){NULL, 0, 0};
}

void hashmap_release(struct hashmap *m)
{
	free(m->slots);
	hashmap_init(m);
}

/* Keys are often small integers in a row: spread them (the mixer of SplitMix64). */
static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* The slot of `key`, or the free one where it would go. */
static struct hashmap_slot *slot_of(const struct hashmap *m, uint64_t key)
{
	size_t at = (size_t)mix(key) & (m->cap - 1);
	while (m->slots[at].value != HASHMAP_NONE && m->slots[at].key != key) {
		at = (at + 1) & (m->cap - 1);
	}
	return &m->slots[at];
}

static void grow(struct hashmap *m)
{
	struct hashmap old = *m;
	m->cap = old.cap ? old.cap * 2 : 16;
	m->slots = xreallocarray(NULL, m->cap, sizeof(*m->slots));
	for (size_t i = 0; i < m->cap; i++) {
		m->slots[i] = (struct hashmap_slot){0, HASHMAP_NONE};
	}
	for (size_t i = 0; i < old.cap; i++) {
		if (old.slots[i].value != HASHMAP_NONE) {
			*slot_of(m, old.slots[i].key) = old.slots[i];
		}
	}
	free(old.slots);
}

uint32_t hashmap_set(struct hashmap *m, uint64_t key, uint32_t value)
{
	if (m->count >= m->cap / 4 * 3) {
		grow(m);
	}
	struct hashmap_slot *s = slot_of(m, key);
	uint32_t before = s->value;
	if (before == HASHMAP_NONE) {
		m->count++;
	}
	*s = (struct hashmap_slot){key, value};
	return before;
}

uint32_t hashmap_get(const struct hashmap *m, uint64_t key)
{
	return m->cap ? slot_of(m, key)->value : HASHMAP_NONE;
}
