#include <inttypes.h>

#include "base/edit_distance.h"
#include "base/utf8.h"
#include "pattern/mark.h"
#include "pattern/template_impl.h"

enum { WIDTH_MOST = 255, PRECISION_MOST = 60 };

static const struct {
	const char *word;
	enum format_kind kind;
} words[] = {{"raw", FORMAT_RAW}, {"q", FORMAT_Q}, {"dir", FORMAT_DIR},
	{"name", FORMAT_NAME}, {"stem", FORMAT_STEM}, {"ext", FORMAT_EXT},
	{"list", FORMAT_LIST}};

/* A printf format in parts. */
struct spec {
	char flags[6];
	int width, precision; /* -1: none */
	char conversion;
};

static size_t read_count(struct strview s, size_t at, int most, int *ret)
{
	*ret = 0;
	while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9' && *ret <= most) {
		*ret = *ret * 10 + (s.p[at++] - '0');
	}
	return at;
}

/* NULL, or what is wrong with it. */
static const char *parse_spec(struct strview s, struct spec *ret)
{
	*ret = (struct spec){.width = -1, .precision = -1};
	size_t at = 0, flags = 0;
	while (at < s.n && s.p[at] && strchr("-+ #0", s.p[at])) {
		if (!strchr(ret->flags, s.p[at])) {
			ret->flags[flags++] = s.p[at];
		}
		at++;
	}
	if (at < s.n && s.p[at] >= '1' && s.p[at] <= '9') {
		at = read_count(s, at, WIDTH_MOST, &ret->width);
	}
	if (at < s.n && s.p[at] == '.') {
		at = read_count(s, at + 1, PRECISION_MOST, &ret->precision);
	}
	if (ret->width > WIDTH_MOST || ret->precision > PRECISION_MOST) {
		return "is too wide";
	}
	if (at == s.n) {
		return "has no letter at its end; write one of d i f g e s x X o behind it";
	}
	ret->conversion = s.p[at];
	if (at + 1 != s.n || !s.p[at] || !strchr("difgesxXo", s.p[at])) {
		return "";
	}
	return NULL;
}

int read_format(struct reading *rd, struct strview text, enum format_kind *ret)
{
	size_t off = (size_t)(text.p - rd->text.p);
	struct nearest near;
	nearest_init(&near, text);
	for (size_t i = 0; i < CW_ARRAY_LEN(words); i++) {
		if (sv_eq_str(text, words[i].word)) {
			*ret = words[i].kind;
			return 0;
		}
		nearest_offer(&near, sv_from(words[i].word));
	}
	struct spec spec;
	const char *fault = parse_spec(text, &spec);
	if (!fault) {
		*ret = FORMAT_PRINTF;
		return 0;
	}
	if (*fault) {
		return reading_error(rd, "CW-E105", off, text.n,
			"format \"" SV_FMT "\" %s", SV_ARG(text), fault);
	}
	if (near.best.p) {
		return reading_error(rd, "CW-E105", off, text.n,
			"unknown format \"" SV_FMT "\"; did you mean \"" SV_FMT "\"?",
			SV_ARG(text), SV_ARG(near.best));
	}
	return reading_error(rd, "CW-E105", off, text.n,
		"unknown format \"" SV_FMT
		"\"; there are printf formats such as 03d, .3f "
		"and s, and raw q dir name stem ext list",
		SV_ARG(text));
}

bool format_has_width(const struct piece *piece)
{
	struct spec spec;
	return piece->format == FORMAT_PRINTF && !parse_spec(piece->spec, &spec) &&
	       (spec.width >= 0 || spec.precision >= 0);
}

/* The shortest decimal that reads back as `x`; a point or exponent shows the float. */
static struct strview real_text(double x, struct arena *arena)
{
	char buf[40];
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(buf, sizeof(buf), "%.*g", digits, x);
		if (!(strtod(buf, NULL) < x) && !(strtod(buf, NULL) > x)) {
			break;
		}
	}
	bool point = strpbrk(buf, ".en") != NULL;
	return sv_from(arena_printf(arena, "%s%s", buf, point ? "" : ".0"));
}

struct strview value_text(const struct value *v, struct arena *arena)
{
	switch (v->kind) {
	case VALUE_INT:
		return sv_from(arena_printf(arena, "%" PRId64, v->i));
	case VALUE_REAL:
		return real_text(v->real, arena);
	case VALUE_TEXT:
		return v->text;
	case VALUE_LIST:
		break;
	}
	return v->count == 1 ? v->list[0] : SV("");
}

static int format_error(const struct piece *piece, struct arena *arena,
	struct render_error *err, struct strview text, const char *what)
{
	*err = (struct render_error){.fault = RENDER_ERROR,
		.off = piece->off,
		.len = piece->len,
		.text = arena_printf(arena, "\"" SV_FMT "\" %s \"" SV_FMT "\"",
			SV_ARG(text), what, SV_ARG(piece->spec))};
	return -1;
}

/* Blanks (or what the flags say) up to the width; counts characters. */
static struct strview pad_text(
	const struct spec *spec, struct strview text, struct arena *arena)
{
	size_t chars = 0, end = 0;
	while (end < text.n && (spec->precision < 0 || chars < (size_t)spec->precision)) {
		int32_t cp;
		end += utf8_decode(text.p + end, text.n - end, &cp);
		chars++;
	}
	size_t fill = spec->width > 0 && (size_t)spec->width > chars
			      ? (size_t)spec->width - chars
			      : 0;
	char *out = arena_alloc(arena, end + fill + 1, 1);
	bool left = strchr(spec->flags, '-') != NULL;
	memset(out, ' ', end + fill);
	if (end) {
		memcpy(out + (left ? 0 : fill), text.p, end);
	}
	return (struct strview){out, end + fill};
}

/* A number through printf, whose format is made anew from the checked parts. */
static int print_number(const struct piece *piece, const struct spec *spec,
	const struct value *v, struct arena *arena, struct strview *ret,
	struct render_error *err)
{
	char fmt[40], out[512];
	char width[16] = "", precision[16] = "";
	if (spec->width >= 0) {
		snprintf(width, sizeof(width), "%d", spec->width);
	}
	if (spec->precision >= 0) {
		snprintf(precision, sizeof(precision), ".%d", spec->precision);
	}
	bool real = strchr("fge", spec->conversion) != NULL;
	bool hex = strchr("xXo", spec->conversion) != NULL;
	if (hex && v->i < 0) {
		return format_error(piece, arena, err, value_text(v, arena),
			"is negative and cannot be formatted as");
	}
	snprintf(fmt, sizeof(fmt), "%%%s%s%s%s%c", spec->flags, width, precision,
		real ? "" : "j", spec->conversion);
	int n;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	if (real) {
		double x = v->kind == VALUE_REAL ? v->real : (double)v->i;
		n = snprintf(out, sizeof(out), fmt, x);
	} else if (hex) {
		n = snprintf(out, sizeof(out), fmt, (uintmax_t)v->i);
	} else {
		n = snprintf(out, sizeof(out), fmt, (intmax_t)v->i);
	}
#pragma GCC diagnostic pop
	cw_assert(n >= 0 && (size_t)n < sizeof(out));
	*ret = (struct strview){arena_memdup0(arena, out, (size_t)n), (size_t)n};
	return 0;
}

/* Floats without a fraction count as integers where the format wants one. */
static bool integral(const struct value *v, int64_t *ret)
{
	if (v->kind == VALUE_INT) {
		*ret = v->i;
		return true;
	}
	if (v->real < -9e15 || v->real > 9e15) {
		return false;
	}
	*ret = (int64_t)v->real;
	double back = (double)*ret;
	return !(back < v->real) && !(back > v->real);
}

/* One text or number through a printf format. */
static int print_item(const struct piece *piece, const struct value *v,
	struct arena *arena, struct strview *ret, struct render_error *err)
{
	struct spec spec;
	parse_spec(piece->spec, &spec);
	if (spec.conversion == 's') {
		*ret = pad_text(&spec, value_text(v, arena), arena);
		return 0;
	}
	struct value number = *v;
	if (v->kind == VALUE_TEXT && number_of_text(v->text, format_has_width(piece),
					     piece->expr, arena, &number, err)) {
		err->fault = RENDER_ERROR;
		err->off = piece->off;
		err->len = piece->len;
		return -1;
	}
	bool real = strchr("fge", spec.conversion) != NULL;
	if (!real) {
		if (!integral(&number, &number.i)) {
			return format_error(piece, arena, err, value_text(&number, arena),
				"is no integer and cannot be formatted as");
		}
		number.kind = VALUE_INT;
	}
	return print_number(piece, &spec, &number, arena, ret, err);
}

/* The last `/` and what is before and behind it. */
static struct strview path_part(struct strview path, enum format_kind kind)
{
	const char *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;
	if (kind == FORMAT_DIR) {
		if (!slash) {
			return SV(".");
		}
		size_t n = (size_t)(slash - path.p);
		return n ? sv_sub(path, 0, n) : SV("/");
	}
	struct strview name = slash ? sv_skip(path, (size_t)(slash - path.p) + 1) : path;
	if (kind == FORMAT_NAME) {
		return name;
	}
	const char *dot = name.n ? memrchr(name.p, '.', name.n) : NULL;
	size_t stem = dot && dot > name.p ? (size_t)(dot - name.p) : name.n;
	return kind == FORMAT_STEM ? sv_sub(name, 0, stem) : sv_skip(name, stem);
}

static int format_item(const struct piece *piece, const struct value *v,
	struct arena *arena, struct strview *ret, struct render_error *err)
{
	switch (piece->format) {
	case FORMAT_PRINTF:
		return print_item(piece, v, arena, ret, err);
	case FORMAT_DIR:
	case FORMAT_NAME:
	case FORMAT_STEM:
	case FORMAT_EXT:
		*ret = path_part(value_text(v, arena), piece->format);
		return 0;
	case FORMAT_NONE:
	case FORMAT_RAW:
	case FORMAT_Q:
	case FORMAT_LIST:
		break;
	}
	*ret = value_text(v, arena);
	return 0;
}

static int format_list_file(const struct piece *piece, const struct value *v,
	const struct renderer *r, struct value *ret, struct render_error *err)
{
	struct value items = *v;
	struct strview one;
	if (v->kind != VALUE_LIST) {
		one = value_text(v, r->arena);
		items.kind = VALUE_LIST;
		items.list = &one;
		items.count = 1;
	}
	if (!r->list_file) {
		*err = (struct render_error){.fault = RENDER_ERROR,
			.off = piece->off,
			.len = piece->len,
			.text = "the format \"list\" can stand in commands only"};
		return -1;
	}
	struct strview path;
	if (r->list_file(r->ctx, &items, &path, err)) {
		return -1;
	}
	*ret = (struct value){.kind = VALUE_TEXT, .is_path = true, .text = path};
	return 0;
}

static bool has_mark(const struct value *v, struct strview mark)
{
	for (uint32_t i = 0; mark.n && v->kind == VALUE_LIST && i < v->count; i++) {
		if (mark_is_in(mark, v->list[i])) {
			return true;
		}
	}
	return v->kind == VALUE_TEXT && mark_is_in(mark, v->text);
}

int format_value(const struct piece *piece, const struct value *v,
	const struct renderer *r, struct value *ret, struct render_error *err)
{
	bool plain = piece->format == FORMAT_NONE || piece->format == FORMAT_RAW ||
		     piece->format == FORMAT_Q;
	if (piece->format == FORMAT_LIST) {
		return format_list_file(piece, v, r, ret, err);
	}
	if (!plain && has_mark(v, r->mark)) {
		*err = (struct render_error){.fault = RENDER_ERROR,
			.off = piece->off,
			.len = piece->len,
			.text = "the shell puts {env...} in, so it has no format"};
		return -1;
	}
	if (v->kind == VALUE_LIST && plain) {
		*ret = *v;
		return 0;
	}
	uint32_t count = v->kind == VALUE_LIST ? v->count : 1;
	struct strview *items = ARENA_ARRAY(r->arena, struct strview, (size_t)count + 1);
	for (uint32_t i = 0; i < count; i++) {
		struct value item = *v;
		if (v->kind == VALUE_LIST) {
			item.kind = VALUE_TEXT;
			item.text = v->list[i];
		}
		if (format_item(piece, &item, r->arena, &items[i], err)) {
			return -1;
		}
	}
	*ret = (struct value){.kind = VALUE_LIST, .list = items, .count = count};
	ret->is_path = v->is_path && (plain || piece->format == FORMAT_DIR);
	return 0;
}
