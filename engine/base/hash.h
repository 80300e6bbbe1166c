/* Hashes: XXH3 (format stable since xxHash 0.8), for tables and for change detection. */
#ifndef CW_BASE_HASH_H
#define CW_BASE_HASH_H

struct digest {
	uint64_t hi, lo;
};

/* 64 bits of `n` bytes, for tables. */
uint64_t hash64(const void *p, size_t n);

/* 128 bits of `n` bytes, for records: the canonical XXH3-128. */
struct digest hash128(const void *p, size_t n);

/* The same over pieces. */
struct hash_stream;
struct hash_stream *hash_stream_new(void);     /* returns owned, hash_stream_free */
void hash_stream_free(struct hash_stream *h);  /* NULL is fine */
void hash_stream_reset(struct hash_stream *h); /* as new */
void hash_stream_add(struct hash_stream *h, const void *p, size_t n);
struct digest hash_stream_digest(
	const struct hash_stream *h); /* of what was added so far */

static inline bool digest_eq(struct digest a, struct digest b)
{
	return a.hi == b.hi && a.lo == b.lo;
}

#endif
