#include "base/hash.h"

#include "base/xalloc.h"

#define XXH_INLINE_ALL
#define XXH_STATIC_LINKING_ONLY
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wcast-qual"
#include <xxhash.h>
#pragma GCC diagnostic pop

struct hash_stream {
	XXH3_state_t *state;
};

uint64_t hash64(const void *p, size_t n)
{
	return XXH3_64bits(p, n);
}

static struct digest digest_of(XXH128_hash_t h)
{
	return (struct digest){h.high64, h.low64};
}

struct digest hash128(const void *p, size_t n)
{
	return digest_of(XXH3_128bits(p, n));
}

struct hash_stream *hash_stream_new(void)
{
	struct hash_stream *h = xmalloc(sizeof(*h));
	h->state = XXH3_createState();
	if (!h->state) {
		out_of_memory(sizeof(*h->state));
	}
	hash_stream_reset(h);
	return h;
}

void hash_stream_free(struct hash_stream *h)
{
	if (h) {
		XXH3_freeState(h->state);
		free(h);
	}
}

void hash_stream_reset(struct hash_stream *h)
{
	XXH3_128bits_reset(h->state);
}

void hash_stream_add(struct hash_stream *h, const void *p, size_t n)
{
	XXH3_128bits_update(h->state, p, n);
}

struct digest hash_stream_digest(const struct hash_stream *h)
{
	return digest_of(XXH3_128bits_digest(h->state));
}
