/* Bytes that somebody else owns: a pointer and a length, no NUL promised. */
#ifndef CW_BASE_STRVIEW_H
#define CW_BASE_STRVIEW_H

struct strview {
	const char *p;
	size_t n;
};

/* For printf's "%.*s". */
#define SV_FMT "%.*s"
#define SV_ARG(s) (int)(s).n, (s).p

/* A view of a string literal, for initialisers and expressions. */
#define SV_INIT(lit)                                                                     \
	{                                                                                \
		(lit), sizeof(lit) - 1                                                   \
	}
#define SV(lit) ((struct strview)SV_INIT(lit))

static inline struct strview sv_from(const char *s)
{
	return (struct strview){s, strlen(s)};
}

static inline bool sv_eq(struct strview a, struct strview b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool sv_eq_str(struct strview a, const char *s)
{
	return sv_eq(a, sv_from(s));
}

static inline bool sv_starts(struct strview s, struct strview prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool sv_ends(struct strview s, struct strview suffix)
{
	return s.n >= suffix.n &&
	       (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* The part from `from` (at most s.n) on. */
static inline struct strview sv_skip(struct strview s, size_t from)
{
	return (struct strview){s.p + from, s.n - from};
}

static inline struct strview sv_sub(struct strview s, size_t from, size_t n)
{
	return (struct strview){s.p + from, n};
}

/* Bytewise order, a prefix before what it begins. */
static inline int sv_cmp(struct strview a, struct strview b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	return c ? c : (a.n > b.n) - (a.n < b.n);
}

#endif
