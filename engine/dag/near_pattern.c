#include "dag/near_pattern.h"

#include "base/xalloc.h"

enum { PATH_MOST = 512, PRODUCTS_MOST = 5000, DISTANCE_MOST = 2 };

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* One byte of a text: row[i] is the distance of what stands before it to the first i bytes of
 * the path. */
static void add_byte(unsigned *row, struct strview path, char c)
{
	unsigned diagonal = row[0];
	row[0]++;
	for (size_t i = 1; i <= path.n; i++) {
		unsigned above = row[i];
		unsigned changed = diagonal + (path.p[i - 1] != c);
		row[i] = least(changed, least(above, row[i - 1]) + 1);
		diagonal = above;
	}
}

/* A wildcard takes one byte or more for nothing. */
static void add_wildcard(unsigned *row, size_t n, unsigned never)
{
	unsigned best = row[0];
	row[0] = never;
	for (size_t i = 1; i <= n; i++) {
		unsigned before = row[i];
		row[i] = best;
		best = least(best, before);
	}
}

unsigned near_pattern_distance(
	const struct template *t, struct strview path, unsigned most)
{
	unsigned row[PATH_MOST + 1];
	if (path.n > PATH_MOST) {
		return most + 1;
	}
	for (size_t i = 0; i <= path.n; i++) {
		row[i] = (unsigned)i;
	}
	for (uint32_t k = 0; k < t->count; k++) {
		const struct piece *p = &t->pieces[k];
		if (p->kind != PIECE_TEXT) {
			add_wildcard(row, path.n, PATH_MOST);
		}
		for (size_t i = 0; p->kind == PIECE_TEXT && i < p->text.n; i++) {
			add_byte(row, path, p->text.p[i]);
		}
	}
	return least(row[path.n], most + 1);
}

static size_t text_bytes(const struct template *t)
{
	size_t n = 0;
	for (uint32_t k = 0; k < t->count; k++) {
		n += t->pieces[k].kind == PIECE_TEXT ? t->pieces[k].text.n : 0;
	}
	return n;
}

const struct product *near_pattern_find(const struct workflow *wf, struct strview path,
	bool loosely, const struct rule **ret_rule, bool *ret_fits)
{
	const struct product *best = NULL;
	unsigned best_distance = DISTANCE_MOST + 1, seen = 0;
	*ret_fits = false;
	for (uint32_t r = 0; r < wf->rule_count; r++) {
		const struct rule *rule = &wf->rules[r];
		for (uint32_t k = 0; rule->wildcard_count && k < rule->product_count;
			k++) {
			const struct template *t = &rule->products[k].path.t;
			if (++seen > PRODUCTS_MOST) {
				return best;
			}
			unsigned d = near_pattern_distance(t, path, DISTANCE_MOST);
			if (d < best_distance && text_bytes(t) &&
				(size_t)d * (loosely ? 2 : 3) <= text_bytes(t)) {
				best_distance = d;
				best = &rule->products[k];
				*ret_fits = d == 0;
				*ret_rule = rule;
			}
		}
	}
	return best;
}
