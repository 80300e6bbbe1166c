#include "text/count_table.h"

#include <endian.h>
#include <sys/mman.h>

#include "base/hash.h"
#include "base/xalloc.h"

enum {
	BITS_MIN = 10,
	BITS_FIRST = 17,   /* not more for an expected text */
	BYTES_A_SLOT = 16, /* of a text of some size: one new word in 80 to 200 bytes */
	SHORT_MAX = 15,    /* bytes of a word that is its own key */
	LAST_BYTE = 56,    /* bits before the length in eight bytes, little-endian */
	LONG_MARK = 0xff,  /* in place of the length */
	SELDOM_MAX = 4096, /* counts above are sorted by comparison */
};

#define HUGE_PAGE ((size_t)1 << 21)

/* Masks for the first n bytes, from byte 16 - n on. */
static const unsigned char mask_bytes[32] = {
	255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

/* A word as it stands in an entry, and its hash. */
struct word_key {
	uint64_t a, b, hash;
};

/* Stands for a long word's key; no entry has it, since no short word is empty. */
static const struct word_key no_key = {1, 0, 0};

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

/* Two integers at once; gcc and clang make vector instructions of it where there are any. */
typedef uint64_t two_words __attribute__((vector_size(16)));

static inline struct word_key short_key(struct strview word)
{
	two_words bytes;
	two_words mask;
	memcpy(&bytes, word.p, sizeof(bytes));
	memcpy(&mask, mask_bytes + 16 - word.n, sizeof(mask));
	bytes &= mask;
	uint64_t a = bytes[0];
	uint64_t b = bytes[1] | last_byte(word.n);
	return (struct word_key){a, b, mix(a, b)};
}

/* Zeroed memory on huge pages, where the kernel has them: the table is reached all over. */
static void *map_huge(size_t size)
{
	char *p = mmap(NULL, size + HUGE_PAGE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED) {
		out_of_memory(size);
	}
	size_t before = -(uintptr_t)p & (HUGE_PAGE - 1);
	if (before) {
		munmap(p, before);
	}
	if (before < HUGE_PAGE) {
		munmap(p + before + size, HUGE_PAGE - before);
	}
	madvise(p + before, size, MADV_HUGEPAGE);
	return p + before;
}

/* Slots, all free, and entries behind them for as many words as a quarter of the slots. */
static void allocate(struct count_table *t, int bits)
{
	size_t n = (size_t)1 << bits;
	size_t size = n * sizeof(*t->slots) + (n / 4 + 2) * sizeof(*t->entries);
	if (size < HUGE_PAGE / 2) {
		t->mapped = 0;
		t->slots = xcalloc(size, 1);
	} else {
		t->mapped = (size + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
		t->slots = map_huge(t->mapped);
	}
	t->bits = bits;
	t->entries = (struct count_entry *)(void *)(t->slots + n);
}

/* Frees what allocate() got. */
static void free_slots(struct count_table *t)
{
	if (t->mapped) {
		munmap(t->slots, t->mapped);
	} else {
		free(t->slots);
	}
}

void count_table_init(struct count_table *t, uint64_t bytes)
{
	int bits = BITS_MIN;
	while (bits < BITS_FIRST && ((uint64_t)BYTES_A_SLOT << bits) < bytes) {
		bits++;
	}
	*t = (struct count_table){.longer = STRBUF_INIT};
	allocate(t, bits);
}

void count_table_release(struct count_table *t)
{
	free_slots(t);
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

/* What a slot holds for the entry number `i`. */
static inline uint64_t slot_value(uint64_t hash, size_t i)
{
	return (hash & 0xffffffff00000000U) | (uint64_t)i;
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
	return &t->entries[(uint32_t)slot];
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

/* Twice as many slots, and entries. */
static void grow(struct count_table *t)
{
	struct count_table old = *t;
	allocate(t, old.bits + 1);
	memcpy(t->entries, old.entries, (t->used + 1) * sizeof(*t->entries));
	free_slots(&old);
	for (size_t k = 1; k <= t->used; k++) {
		const struct count_entry *e = &t->entries[k];
		uint64_t hash = entry_length(e) == LONG_MARK ? e->key[0]
							     : mix(e->key[0], e->key[1]);
		size_t i = first_slot(t, hash);
		while (t->slots[i]) {
			i = next_slot(t, i);
		}
		t->slots[i] = slot_value(hash, k);
	}
}

/* A new word in the free slot found for it. */
static void add_new(struct count_table *t, uint64_t *slot, struct word_key key)
{
	cw_assert(t->used < UINT32_MAX - 1);
	*slot = slot_value(key.hash, ++t->used);
	t->entries[t->used] = (struct count_entry){{key.a, key.b}, 1};
	if (t->used > (size_t)1 << (t->bits - 2)) {
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

/* One more of a short word. */
static inline void add_short(struct count_table *t, struct word_key key)
{
	uint64_t *slot = find_short(t, key);
	if (CW_LIKELY(*slot != 0)) {
		slot_entry(t, *slot)->count++;
	} else {
		add_new(t, slot, key);
	}
}

void count_table_add(struct count_table *t, struct strview word)
{
	if (word.n > SHORT_MAX) {
		add_long(t, word);
	} else {
		add_short(t, short_key(word));
	}
}

/* Keys of `n` words from number `from` on, whose slots are fetched meanwhile. */
static void make_keys(const struct count_table *t, const struct token_batch *batch,
	size_t from, size_t n, struct word_key *keys)
{
	const uint64_t *slots = t->slots;
	size_t mask = ((size_t)1 << t->bits) - 1;
	for (size_t i = 0; i < n; i++) {
		struct strview word = token_at(batch, from + i);
		keys[i] = word.n > SHORT_MAX ? no_key : short_key(word);
		__builtin_prefetch(&slots[keys[i].hash & mask]);
	}
}

void count_table_add_batch(struct count_table *t, const struct token_batch *batch)
{
	enum { TOGETHER = 64 };
	struct word_key keys[TOGETHER];
	for (size_t from = 0; from < batch->n; from += TOGETHER) {
		size_t n = batch->n - from < TOGETHER ? batch->n - from : TOGETHER;
		make_keys(t, batch, from, n, keys);
		for (size_t i = 0; i < n; i++) {
			/* What is there nearly always: the word, in its first slot. A free
			 * slot leads to entry 0, which no key equals. */
			uint64_t slot = t->slots[first_slot(t, keys[i].hash)];
			struct count_entry *e = slot_entry(t, slot);
			if (CW_LIKELY(((e->key[0] ^ keys[i].a) |
					      (e->key[1] ^ keys[i].b)) == 0)) {
				e->count++;
			} else if (keys[i].b) {
				add_short(t, keys[i]);
			} else {
				add_long(t, token_at(batch, from + i));
			}
		}
	}
}

int64_t count_table_find(const struct count_table *t, struct strview word)
{
	uint64_t slot = word.n > SHORT_MAX ? *find_long(t, word, hash64(word.p, word.n))
					   : *find_short(t, short_key(word));
	return slot ? (int64_t)(uint32_t)slot - 1 : -1;
}

struct word_count count_table_at(const struct count_table *t, uint32_t place)
{
	const struct count_entry *e = &t->entries[place + 1];
	return (struct word_count){entry_word(t, e), e->count};
}

/* qsort: falling count, then first appearance. */
static int by_count(const void *a, const void *b, void *entries)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;
	uint64_t count_x = ((const struct count_entry *)entries)[x + 1].count;
	uint64_t count_y = ((const struct count_entry *)entries)[y + 1].count;
	if (count_x != count_y) {
		return count_x > count_y ? -1 : 1;
	}
	return x < y ? -1 : 1;
}

uint32_t *count_table_sorted(const struct count_table *t)
{
	uint32_t *order = xreallocarray(NULL, t->used + 1, sizeof(*order));
	size_t *place =
		xcalloc(SELDOM_MAX + 1, sizeof(*place)); /* of the next with count c */
	size_t next = 0;
	for (size_t id = 0; id < t->used; id++) {
		if (t->entries[id + 1].count <= SELDOM_MAX) {
			place[t->entries[id + 1].count]++;
		} else {
			order[next++] = (uint32_t)id;
		}
	}
	qsort_r(order, next, sizeof(*order), by_count, t->entries);
	for (size_t c = SELDOM_MAX; c > 0; c--) {
		size_t n = place[c];
		place[c] = next;
		next += n;
	}
	for (size_t id = 0; id < t->used; id++) {
		uint64_t count = t->entries[id + 1].count;
		if (count <= SELDOM_MAX) {
			order[place[count]++] = (uint32_t)id;
		}
	}
	free(place);
	return order;
}
