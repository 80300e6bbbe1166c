#include "text/count_table.h"

#include <endian.h>

#include "base/hash.h"
#include "base/xalloc.h"

enum {
	BITS_MIN = 10,
	SHORT_MAX = 15,    /* bytes of a word that is its own key */
	LAST_BYTE = 56,    /* bits before the length in eight bytes, little-endian */
	LONG_MARK = 0xff,  /* in place of the length */
	SELDOM_MAX = 4096, /* counts above are sorted by comparison */
};

/* Masks for the first n bytes, from byte 16 - n on. */
static const unsigned char mask_bytes[32] = {
	255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

/* A word as it stands in an entry, and its hash. */
struct word_key {
	uint64_t a, b, hash;
};

/* Eight bytes in memory of which `x` is the last. */
static inline uint64_t last_byte(size_t x)
{
	return htole64((uint64_t)x << LAST_BYTE);
}

/* Spreads two integers over all bits. */
static inline uint64_t mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product =
		(unsigned __int128)(a ^ 0x9e3779b97f4a7c15U) * (b ^ 0xd6e8feb86659fd93U);
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline struct word_key short_key(struct strview word)
{
	uint64_t bytes[2];
	uint64_t mask[2];
	memcpy(bytes, word.p, sizeof(bytes));
	memcpy(mask, mask_bytes + 16 - word.n, sizeof(mask));
	uint64_t a = bytes[0] & mask[0];
	uint64_t b = (bytes[1] & mask[1]) | last_byte(word.n);
	return (struct word_key){a, b, mix(a, b)};
}

void count_table_init(struct count_table *t)
{
	*t = (struct count_table){.bits = BITS_MIN, .longer = STRBUF_INIT};
	t->slots = xcalloc((size_t)1 << t->bits, sizeof(*t->slots));
}

void count_table_release(struct count_table *t)
{
	free(t->slots);
	free(t->entries);
	strbuf_release(&t->longer);
	*t = (struct count_table){.longer = STRBUF_INIT};
}

/* Bytes of a word that is its own key, or LONG_MARK. */
static inline size_t entry_length(const struct count_entry *e)
{
	return (size_t)(le64toh(e->key[1]) >> LAST_BYTE);
}

/* The bytes of a long word; its length stands before them. */
static struct strview long_word(const struct count_table *t, const struct count_entry *e)
{
	const char *p = t->longer.buf + (le64toh(e->key[1]) & (UINT64_MAX >> 8));
	size_t n;
	memcpy(&n, p, sizeof(n));
	return (struct strview){p + sizeof(n), n};
}

static struct strview entry_word(const struct count_table *t, const struct count_entry *e)
{
	if (entry_length(e) == LONG_MARK) {
		return long_word(t, e);
	}
	return (struct strview){(const char *)e->key, entry_length(e)};
}

/* What a slot holds for the entry `id`. */
static inline uint64_t slot_value(uint64_t hash, size_t id)
{
	return (hash & 0xffffffff00000000U) | (uint64_t)(id + 1);
}

/* Does the slot's tag fit the hash? */
static inline bool tag_fits(uint64_t slot, uint64_t hash)
{
	return (slot ^ hash) >> 32 == 0;
}

static inline size_t first_slot(const struct count_table *t, uint64_t hash)
{
	return (size_t)hash & (((size_t)1 << t->bits) - 1);
}

static inline size_t next_slot(const struct count_table *t, size_t i)
{
	return (i + 1) & (((size_t)1 << t->bits) - 1);
}

static inline struct count_entry *slot_entry(const struct count_table *t, uint64_t slot)
{
	return &t->entries[(uint32_t)slot - 1];
}

/* The slot of a short word, or the free one where it belongs. */
static inline uint64_t *find_short(const struct count_table *t, struct word_key key)
{
	for (size_t i = first_slot(t, key.hash);; i = next_slot(t, i)) {
		uint64_t slot = t->slots[i];
		if (!slot) {
			return &t->slots[i];
		}
		if (tag_fits(slot, key.hash)) {
			const struct count_entry *e = slot_entry(t, slot);
			if (e->key[0] == key.a && e->key[1] == key.b) {
				return &t->slots[i];
			}
		}
	}
}

/* The same for a long word. */
static uint64_t *find_long(
	const struct count_table *t, struct strview word, uint64_t hash)
{
	for (size_t i = first_slot(t, hash);; i = next_slot(t, i)) {
		uint64_t slot = t->slots[i];
		if (!slot) {
			return &t->slots[i];
		}
		const struct count_entry *e = slot_entry(t, slot);
		if (tag_fits(slot, hash) && e->key[0] == hash &&
			entry_length(e) == LONG_MARK && sv_eq(long_word(t, e), word)) {
			return &t->slots[i];
		}
	}
}

/* Twice as many slots. */
static void grow(struct count_table *t)
{
	free(t->slots);
	t->bits++;
	t->slots = xcalloc((size_t)1 << t->bits, sizeof(*t->slots));
	for (size_t id = 0; id < t->used; id++) {
		const struct count_entry *e = &t->entries[id];
		uint64_t hash = entry_length(e) == LONG_MARK ? e->key[0]
							     : mix(e->key[0], e->key[1]);
		size_t i = first_slot(t, hash);
		while (t->slots[i]) {
			i = next_slot(t, i);
		}
		t->slots[i] = slot_value(hash, id);
	}
}

/* A new word in the free slot found for it. */
static void add_new(struct count_table *t, uint64_t *slot, struct word_key key)
{
	if (t->used == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 1024;
		t->entries = xreallocarray(t->entries, t->cap, sizeof(*t->entries));
	}
	cw_assert(t->used < UINT32_MAX);
	*slot = slot_value(key.hash, t->used);
	t->entries[t->used++] = (struct count_entry){{key.a, key.b}, 1};
	if (t->used > (size_t)3 << (t->bits - 2)) {
		grow(t);
	}
}

/* One more of a word of more than SHORT_MAX bytes. */
static void add_long(struct count_table *t, struct strview word)
{
	uint64_t hash = hash64(word.p, word.n);
	uint64_t *slot = find_long(t, word, hash);
	if (*slot) {
		slot_entry(t, *slot)->count++;
		return;
	}
	uint64_t place = t->longer.len;
	strbuf_add(&t->longer, &word.n, sizeof(word.n));
	strbuf_addsv(&t->longer, word);
	uint64_t mark = htole64((uint64_t)LONG_MARK << LAST_BYTE | place);
	add_new(t, slot, (struct word_key){hash, mark, hash});
}

void count_table_add(struct count_table *t, struct strview word)
{
	if (CW_UNLIKELY(word.n > SHORT_MAX)) {
		add_long(t, word);
		return;
	}
	struct word_key key = short_key(word);
	uint64_t *slot = find_short(t, key);
	if (CW_LIKELY(*slot != 0)) {
		slot_entry(t, *slot)->count++;
	} else {
		add_new(t, slot, key);
	}
}

int64_t count_table_find(const struct count_table *t, struct strview word)
{
	uint64_t slot = word.n > SHORT_MAX ? *find_long(t, word, hash64(word.p, word.n))
					   : *find_short(t, short_key(word));
	return slot ? (int64_t)(uint32_t)slot - 1 : -1;
}

/* qsort: falling count, then first appearance, which `word.n` holds for the moment. */
static int by_count(const void *a, const void *b)
{
	const struct word_count *x = a;
	const struct word_count *y = b;
	if (x->count != y->count) {
		return x->count > y->count ? -1 : 1;
	}
	return x->word.n < y->word.n ? -1 : 1;
}

/* Puts the words that came often at the front of `list`, sorted; their number. */
static size_t sort_frequent(const struct count_table *t, struct word_count *list)
{
	size_t n = 0;
	for (size_t id = 0; id < t->used; id++) {
		if (t->entries[id].count > SELDOM_MAX) {
			list[n].count = t->entries[id].count;
			list[n++].word.n = id;
		}
	}
	if (n) {
		qsort(list, n, sizeof(*list), by_count);
	}
	for (size_t i = 0; i < n; i++) {
		list[i].word = entry_word(t, &t->entries[list[i].word.n]);
	}
	return n;
}

struct word_count *count_table_sorted(const struct count_table *t)
{
	struct word_count *list = xreallocarray(NULL, t->used + 1, sizeof(*list));
	size_t next = sort_frequent(t, list);
	size_t *place =
		xcalloc(SELDOM_MAX + 1, sizeof(*place)); /* of the next with count c */
	for (size_t id = 0; id < t->used; id++) {
		if (t->entries[id].count <= SELDOM_MAX) {
			place[t->entries[id].count]++;
		}
	}
	for (size_t c = SELDOM_MAX; c > 0; c--) {
		size_t n = place[c];
		place[c] = next;
		next += n;
	}
	for (size_t id = 0; id < t->used; id++) {
		const struct count_entry *e = &t->entries[id];
		if (e->count <= SELDOM_MAX) {
			list[place[e->count]++] =
				(struct word_count){entry_word(t, e), e->count};
		}
	}
	free(place);
	return list;
}
