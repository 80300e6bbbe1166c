#include "dag/rule_index.h"

#include "base/hash.h"
#include "base/hashmap.h"
#include "base/vec.h"
#include "base/xalloc.h"

/* Patterns with one prefix and one suffix hang on one chain. */
struct link {
	struct candidate candidate;
	uint32_t next; /* UINT32_MAX: the last */
};

/* A pair of lengths that some pattern has; `exact`: no wildcard, the prefix is all. */
struct shape {
	uint32_t prefix, suffix;
	bool exact;
};

struct rule_index {
	const struct workflow *wf;
	VEC(struct link) links;
	VEC(struct shape) shapes;
	struct hashmap chains; /* hash of shape, prefix and suffix -> first link */
};

static uint64_t key_of(uint32_t shape, struct strview prefix, struct strview suffix)
{
	uint64_t h = hash64(prefix.p, prefix.n);
	uint64_t t = suffix.n ? hash64(suffix.p, suffix.n) : 0;
	return (h ^ (t * UINT64_C(0x9e3779b97f4a7c15))) + shape;
}

static uint32_t shape_of(struct rule_index *ix, const struct pattern *p)
{
	struct shape want = {(uint32_t)pattern_prefix(p).n, (uint32_t)pattern_suffix(p).n,
		pattern_is_constant(p)};
	for (uint32_t i = 0; i < ix->shapes.n; i++) {
		const struct shape *s = &ix->shapes.v[i];
		if (s->prefix == want.prefix && s->suffix == want.suffix &&
			s->exact == want.exact) {
			return i;
		}
	}
	vec_push(&ix->shapes, want);
	return (uint32_t)ix->shapes.n - 1;
}

/* Rules are taken from the last to the first, so that chains run from first to last. */
static void add_rule(struct rule_index *ix, const struct rule *rule)
{
	for (uint32_t k = rule->product_count; k-- > 0;) {
		const struct pattern *p = rule->products[k].pattern;
		uint32_t shape = shape_of(ix, p);
		struct strview suffix = pattern_suffix(p);
		uint64_t key = key_of(shape, pattern_prefix(p),
			ix->shapes.v[shape].exact ? SV("") : suffix);
		uint32_t at = (uint32_t)ix->links.n;
		uint32_t next = hashmap_set(&ix->chains, key, at);
		vec_push(&ix->links, (struct link){{rule->index, k}, next});
	}
}

struct rule_index *rule_index_new(const struct workflow *wf)
{
	struct rule_index *ix = xcalloc(1, sizeof(*ix));
	ix->wf = wf;
	hashmap_init(&ix->chains);
	for (uint32_t r = wf->rule_count; r-- > 0;) {
		add_rule(ix, &wf->rules[r]);
	}
	return ix;
}

void rule_index_free(struct rule_index *ix)
{
	if (ix) {
		vec_release(&ix->links);
		vec_release(&ix->shapes);
		hashmap_release(&ix->chains);
		free(ix);
	}
}

uint32_t rule_index_most(const struct rule_index *ix)
{
	return (uint32_t)ix->links.n;
}

/* Few candidates as a rule: insertion sort by rule, then product. */
static void insert(struct candidate *v, uint32_t n, struct candidate c)
{
	while (n > 0 &&
		(v[n - 1].rule > c.rule ||
			(v[n - 1].rule == c.rule && v[n - 1].product > c.product))) {
		v[n] = v[n - 1];
		n--;
	}
	v[n] = c;
}

static bool fits(const struct rule_index *ix, const struct shape *s, struct candidate c,
	struct strview path)
{
	const struct pattern *p = ix->wf->rules[c.rule].products[c.product].pattern;
	struct strview prefix = pattern_prefix(p);
	if (s->exact) {
		return sv_eq(prefix, path);
	}
	return sv_starts(path, prefix) && sv_ends(path, pattern_suffix(p));
}

uint32_t rule_index_find(
	const struct rule_index *ix, struct strview path, struct candidate *ret)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < ix->shapes.n; i++) {
		const struct shape *s = &ix->shapes.v[i];
		if (s->exact ? path.n != s->prefix : path.n < s->prefix + s->suffix) {
			continue;
		}
		struct strview suffix =
			s->exact ? SV("") : sv_skip(path, path.n - s->suffix);
		uint64_t key = key_of(i, sv_sub(path, 0, s->prefix), suffix);
		uint32_t at = hashmap_get(&ix->chains, key);
		for (; at != HASHMAP_NONE; at = ix->links.v[at].next) {
			struct candidate c = ix->links.v[at].candidate;
			if (fits(ix, s, c, path)) {
				insert(ret, n++, c);
			}
		}
	}
	return n;
}
