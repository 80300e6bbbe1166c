#include "sys/path.h"

/* Appends the parts of `path` that count, each after a slash but the first. */
static void add_parts(struct strbuf *out, struct strview path, size_t begin)
{
	size_t i = 0;
	while (i < path.n) {
		if (path.p[i] == '/') {
			i++;
			continue;
		}
		const char *slash = memchr(path.p + i, '/', path.n - i);
		size_t end = slash ? (size_t)(slash - path.p) : path.n;
		if (end - i != 1 || path.p[i] != '.') {
			if (out->len > begin && out->buf[out->len - 1] != '/') {
				strbuf_addch(out, '/');
			}
			strbuf_add(out, path.p + i, end - i);
		}
		i = end;
	}
}

/* Cuts `workdir` off the normal absolute path that begins at `begin`. */
static void make_relative(struct strbuf *out, size_t begin, struct strview workdir)
{
	struct strview path = sv_skip(strbuf_sv(out), begin);
	if (!sv_starts(path, workdir)) {
		return;
	}
	size_t cut = workdir.n;
	if (path.n > cut && workdir.p[cut - 1] != '/') {
		if (path.p[cut] != '/') {
			return;
		}
		cut++;
	}
	memmove(out->buf + begin, out->buf + begin + cut, path.n - cut);
	strbuf_setlen(out, begin + path.n - cut);
}

void path_normalise(struct strbuf *out, struct strview path, struct strview workdir)
{
	size_t begin = out->len;
	bool absolute = path.n > 0 && path.p[0] == '/';
	if (absolute) {
		strbuf_addch(out, '/');
	}
	add_parts(out, path, begin);
	if (absolute && workdir.n) {
		make_relative(out, begin, workdir);
	}
	if (out->len == begin) {
		strbuf_addch(out, '.');
	}
}

bool path_is_normal(struct strview path)
{
	if (path.n == 0) {
		return false;
	}
	if (path.n == 1) {
		return true; /* ".", "/" or a name */
	}
	size_t part = 0; /* length of the part so far */
	for (size_t i = 0; i < path.n; i++) {
		if (path.p[i] != '/') {
			part++;
			continue;
		}
		if (part == 0 ? i > 0 : part == 1 && path.p[i - 1] == '.') {
			return false;
		}
		part = 0;
	}
	return part > 1 || (part == 1 && path.p[path.n - 1] != '.');
}

/* Length of `path` without slashes at its end; the root keeps one. */
static size_t trimmed(struct strview path)
{
	size_t n = path.n;
	while (n > 1 && path.p[n - 1] == '/') {
		n--;
	}
	return n;
}

struct strview path_dir(struct strview path)
{
	size_t n = trimmed(path);
	while (n > 0 && path.p[n - 1] != '/') {
		n--;
	}
	if (n == 0) {
		return SV(".");
	}
	return sv_sub(path, 0, trimmed(sv_sub(path, 0, n)));
}

struct strview path_name(struct strview path)
{
	size_t end = trimmed(path);
	size_t begin = end;
	while (begin > 0 && path.p[begin - 1] != '/') {
		begin--;
	}
	return begin == end ? sv_sub(path, 0, end) : sv_sub(path, begin, end - begin);
}

void path_join(struct strbuf *out, struct strview dir, struct strview name)
{
	bool alone = (name.n && name.p[0] == '/') || dir.n == 0 || sv_eq_str(dir, ".");
	if (!alone) {
		strbuf_addsv(out, dir);
		if (dir.p[dir.n - 1] != '/') {
			strbuf_addch(out, '/');
		}
	}
	strbuf_addsv(out, name);
}
