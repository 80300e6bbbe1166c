#include "dag/after.h"

#include "base/hash.h"

/* 64 bits over a few jobs: a clash would let a glob be read too early, no more. */
uint64_t after_key(const struct rule *rule, const struct strview *values)
{
	uint64_t h = rule->index + 1;
	for (uint32_t i = 0; i < rule->wildcard_count; i++) {
		h = (h ^ hash64(values[i].p, values[i].n)) *
			    UINT64_C(0x9e3779b97f4a7c15) +
		    1;
	}
	return h;
}

void after_done_init(struct after_done *a)
{
	hashmap_init(&a->jobs);
}

void after_done_release(struct after_done *a)
{
	hashmap_release(&a->jobs);
}

bool after_done_add(struct after_done *a, uint64_t key)
{
	return hashmap_set(&a->jobs, key, 1) == HASHMAP_NONE;
}

bool after_is_done(const struct after_done *a, uint64_t key)
{
	return a && hashmap_get(&a->jobs, key) != HASHMAP_NONE;
}
