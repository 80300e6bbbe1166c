/* A table from 64-bit keys to 32-bit values, open addressing, at most 3/4 full. */
#ifndef CW_BASE_HASHMAP_H
#define CW_BASE_HASHMAP_H

#define HASHMAP_NONE UINT32_MAX

struct hashmap {
	struct hashmap_slot *slots;
	size_t count, cap; /* cap is 0 or a power of two */
};

struct hashmap_slot {
	uint64_t key;
	uint32_t value; /* HASHMAP_NONE: free */
};

void hashmap_init(struct hashmap *m);
void hashmap_release(struct hashmap *m);

/* Sets `key` to `value` (not HASHMAP_NONE); what it was before, or HASHMAP_NONE. */
uint32_t hashmap_set(struct hashmap *m, uint64_t key, uint32_t value);

/* The value of `key`, or HASHMAP_NONE. */
uint32_t hashmap_get(const struct hashmap *m, uint64_t key);

#endif
