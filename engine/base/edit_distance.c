#include "base/edit_distance.h"

enum { NAME_MOST = 256 };

unsigned edit_distance(struct strview a, struct strview b, unsigned limit)
{
	size_t apart = a.n > b.n ? a.n - b.n : b.n - a.n;
	if (a.n > NAME_MOST || b.n > NAME_MOST || apart > limit) {
		return sv_eq(a, b) ? 0 : limit + 1;
	}
	/* Rows of the table for the first i - 2, i - 1 and i bytes of `a`. */
	unsigned rows[3][NAME_MOST + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];
	for (unsigned k = 0; k <= b.n; k++) {
		last[k] = k;
		before[k] = k;
	}
	for (unsigned i = 1; i <= a.n; i++) {
		unsigned least = row[0] = i;
		for (unsigned k = 1; k <= b.n; k++) {
			bool same = a.p[i - 1] == b.p[k - 1];
			unsigned d = last[k - 1] + (same ? 0 : 1);
			d = last[k] + 1 < d ? last[k] + 1 : d;
			d = row[k - 1] + 1 < d ? row[k - 1] + 1 : d;
			if (i > 1 && k > 1 && a.p[i - 1] == b.p[k - 2] &&
				a.p[i - 2] == b.p[k - 1] && before[k - 2] + 1 < d) {
				d = before[k - 2] + 1;
			}
			row[k] = d;
			least = d < least ? d : least;
		}
		if (least > limit) {
			return limit + 1;
		}
		unsigned *spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[b.n] <= limit ? last[b.n] : limit + 1;
}

void nearest_init(struct nearest *n, struct strview wanted)
{
	unsigned most = wanted.n ? (unsigned)((wanted.n < 8 ? wanted.n : 8) - 1) / 2 : 0;
	*n = (struct nearest){.wanted = wanted, .distance = (most < 3 ? most : 3) + 1};
}

void nearest_offer(struct nearest *n, struct strview candidate)
{
	if (n->distance == 0) {
		return;
	}
	unsigned d = edit_distance(n->wanted, candidate, n->distance - 1);
	if (d < n->distance) {
		n->distance = d;
		n->best = candidate;
	}
}

bool nearest_note(const struct nearest *n, struct diag_sink *sink)
{
	if (n->best.p) {
		diag_note(sink, (struct span){0}, "did you mean \"" SV_FMT "\"?",
			SV_ARG(n->best));
	}
	return n->best.p;
}
