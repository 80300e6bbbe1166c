/* libyaml's events -> tree: the only file that includes <yaml.h>. */
#include <yaml.h>

#include "base/edit_distance.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "yaml/yaml_mapping.h"

enum { NAME_SHOWN = 60 }; /* bytes of an anchor in a message */

/* A collection that is being read; its children stand at the top of `values`. */
struct frame {
	struct yaml_tree_node *node;
	size_t first; /* of its children in `values` */
};

struct reader {
	yaml_parser_t parser;
	struct diag_sink *sink;
	struct arena *arena;
	uint32_t source;
	struct strview text; /* of the source */
	uint32_t begin;      /* its first byte behind a byte order mark */
	bool ascii;          /* code points are bytes */
	size_t cursor_cp;    /* a code point, counted from `begin`, ... */
	uint32_t cursor;     /* ... and its byte */

	struct frame frames[YAML_MOST_DEPTH];
	unsigned depth;
	VEC(struct yaml_tree_node *) values; /* mappings: key, value, key, value, ... */
	struct yaml_tree_node *root;

	struct intern anchors;
	VEC(struct yaml_tree_node *) anchored; /* by id of the anchor; the latest */
	unsigned unknown;                      /* aliases reported as such */
	struct yaml_mapper mapper;

	uint32_t end;             /* byte where the last value read ends */
	struct yaml_range quoted; /* the last value, where it was in quotes */
	unsigned documents;
};

static struct span span_of(const struct reader *r, uint32_t start, uint32_t end)
{
	return (struct span){r->source, start, end > start ? end - start : 0};
}

/* The byte of a code point, by walking from the last one asked for. */
static uint32_t byte_of(struct reader *r, size_t cp)
{
	if (r->ascii) {
		size_t at = r->begin + cp;
		return (uint32_t)(at < r->text.n ? at : r->text.n);
	}
	const char *p = r->text.p;
	while (r->cursor_cp < cp && r->cursor < r->text.n) {
		do {
			r->cursor++;
		} while (r->cursor < r->text.n &&
			 ((unsigned char)p[r->cursor] & 0xc0) == 0x80);
		r->cursor_cp++;
	}
	while (r->cursor_cp > cp) {
		do {
			r->cursor--;
		} while (((unsigned char)p[r->cursor] & 0xc0) == 0x80);
		r->cursor_cp--;
	}
	return r->cursor;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_space(char c)
{
	return is_blank(c) || c == '\n' || c == '\r';
}

/* Skips `&anchor` and `!tag` and what stands between them and the value. */
static uint32_t skip_properties(const struct reader *r, uint32_t at, uint32_t end)
{
	const char *p = r->text.p;
	while (at < end && (p[at] == '&' || p[at] == '!')) {
		while (at < end && !is_space(p[at])) {
			at++;
		}
		while (at < end && (is_space(p[at]) || p[at] == '#')) {
			if (p[at] == '#') {
				while (at < end && p[at] != '\n' && p[at] != '\r') {
					at++;
				}
			} else {
				at++;
			}
		}
	}
	return at;
}

/* The end of a block scalar without the white space up to the next token. */
static uint32_t trim_end(const struct reader *r, uint32_t start, uint32_t end)
{
	while (end > start && is_space(r->text.p[end - 1])) {
		end--;
	}
	return end;
}

/* Adds a finished or an opened node where it belongs. */
static void place_node(struct reader *r, struct yaml_tree_node *node)
{
	if (r->depth) {
		vec_push(&r->values, node);
	} else {
		r->root = node;
	}
}

static struct yaml_tree_node *new_node(
	struct reader *r, enum yaml_kind kind, enum yaml_style style, struct span span)
{
	struct yaml_tree_node *node = ARENA_NEW(r->arena, struct yaml_tree_node);
	node->kind = kind;
	node->style = style;
	node->span = span;
	return node;
}

static void set_anchor(
	struct reader *r, const yaml_char_t *name, struct yaml_tree_node *node)
{
	if (!name) {
		return;
	}
	size_t n = strlen((const char *)name);
	uint32_t id = intern_put(&r->anchors, name, n);
	if (id == r->anchored.n) {
		vec_push(&r->anchored, node);
	} else {
		r->anchored.v[id] = node;
	}
}

/* Checks the tag of a value of this kind: only YAML's own text, list and mapping are
 * known, and say nothing that is not known anyhow. */
static void check_tag(struct reader *r, const yaml_char_t *tag, enum yaml_kind kind,
	uint32_t start, uint32_t end)
{
	static const char *const known[] = {
		[YAML_SCALAR] = YAML_STR_TAG,
		[YAML_SEQUENCE] = YAML_SEQ_TAG,
		[YAML_MAPPING] = YAML_MAP_TAG,
	};
	const char *t = (const char *)tag;
	if (!t || strcmp(t, known[kind]) == 0 || strcmp(t, "!") == 0) {
		return;
	}
	uint32_t at = start;
	while (at < end && r->text.p[at] == '&') {
		while (at < end && !is_space(r->text.p[at])) {
			at++;
		}
		while (at < end && is_space(r->text.p[at])) {
			at++;
		}
	}
	uint32_t stop = at;
	while (stop < end && !is_space(r->text.p[stop])) {
		stop++;
	}
	struct span span = span_of(r, at, stop);
	r->mapper.failed = true;
	if (strncmp(t, "tag:yaml.org,2002:", 18) == 0) {
		diag_error(r->sink, "CW-E007", span,
			"tags are not used: every value is text as written; remove the tag");
	} else {
		struct strbuf quoted = STRBUF_INIT;
		yaml_quote_value(&quoted, r->text, at, r->depth > 0);
		diag_error(r->sink, "CW-E007", span,
			"a value that begins with ! is a tag to YAML; put it in quotes%s%s",
			quoted.len ? ": " : "", quoted.buf);
		strbuf_release(&quoted);
	}
}

static enum yaml_style scalar_style(yaml_scalar_style_t style)
{
	switch (style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
		return YAML_SINGLE_QUOTED;
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		return YAML_DOUBLE_QUOTED;
	case YAML_LITERAL_SCALAR_STYLE:
		return YAML_LITERAL;
	case YAML_FOLDED_SCALAR_STYLE:
		return YAML_FOLDED;
	case YAML_ANY_SCALAR_STYLE:
	case YAML_PLAIN_SCALAR_STYLE:
		break;
	}
	return YAML_PLAIN;
}

static int read_scalar(struct reader *r, const yaml_event_t *e)
{
	uint32_t start = byte_of(r, e->start_mark.index);
	uint32_t end = byte_of(r, e->end_mark.index);
	enum yaml_style style = scalar_style(e->data.scalar.style);
	check_tag(r, e->data.scalar.tag, YAML_SCALAR, start, end);
	if (e->data.scalar.tag || e->data.scalar.anchor) {
		start = skip_properties(r, start, end);
	}
	if (style == YAML_LITERAL || style == YAML_FOLDED) {
		end = trim_end(r, start, end);
	}
	struct span span = span_of(r, start, end);
	if (memchr(e->data.scalar.value, '\0', e->data.scalar.length)) {
		/* it would end early wherever it is handed to the system */
		diag_error(r->sink, "CW-E001", span,
			"a NUL byte: no path, command or value can hold one");
		r->mapper.failed = true;
	}
	struct yaml_tree_node *node = new_node(r, YAML_SCALAR, style, span);
	node->text =
		arena_sv(r->arena, (struct strview){(const char *)e->data.scalar.value,
					   e->data.scalar.length});
	node->tagged_str = style != YAML_PLAIN || e->data.scalar.tag;
	node->expanded = 1;
	set_anchor(r, e->data.scalar.anchor, node);
	place_node(r, node);
	bool quoted = style == YAML_SINGLE_QUOTED || style == YAML_DOUBLE_QUOTED;
	r->quoted = quoted ? (struct yaml_range){start, end} : (struct yaml_range){0, 0};
	r->end = end;
	return yaml_count_nodes(&r->mapper, 1, span);
}

static void unknown_alias(struct reader *r, struct strview name, struct span span)
{
	struct nearest near;
	nearest_init(&near, name);
	bool shown = r->unknown++ < DIAG_MOST_OF_A_KIND;
	for (uint32_t id = 0; shown && id < r->anchors.count; id++) {
		nearest_offer(&near, intern_str(&r->anchors, id));
	}
	if (near.best.p) {
		diag_error(r->sink, "CW-E006", span,
			"nothing is named &" SV_FMT "; did you mean *" SV_FMT "?",
			SV_ARG(name), SV_ARG(near.best));
		return;
	}
	diag_error(r->sink, "CW-E006", span,
		"nothing is named &" SV_FMT
		"; a text that begins with * is put in quotes: \"*" SV_FMT "\"",
		SV_ARG(name), SV_ARG(name));
}

static int read_alias(struct reader *r, const yaml_event_t *e)
{
	uint32_t start = byte_of(r, e->start_mark.index);
	uint32_t end = byte_of(r, e->end_mark.index);
	struct span span = span_of(r, start, end);
	struct strview name = sv_from((const char *)e->data.alias.anchor);
	uint32_t id = intern_find(&r->anchors, name.p, name.n);
	struct yaml_tree_node *node = id == INTERN_NONE ? NULL : r->anchored.v[id];
	if (name.n > NAME_SHOWN) {
		name.n = NAME_SHOWN;
	}
	if (!node) {
		unknown_alias(r, name, span);
	} else if (!node->expanded) {
		diag_error(r->sink, "CW-E006", span,
			"the alias *" SV_FMT " stands inside the value that it names",
			SV_ARG(name));
		diag_note(r->sink, node->span, "which begins here");
		node = NULL;
	}
	if (!node) {
		r->mapper.failed = true;
		node = new_node(r, YAML_SCALAR, YAML_PLAIN, span);
		node->text = SV("");
		node->expanded = 1;
	}
	place_node(r, node);
	r->quoted = (struct yaml_range){0, 0};
	r->end = end;
	return yaml_count_nodes(&r->mapper, node->expanded, span);
}

/* Begins a list or a mapping. */
static int open_node(struct reader *r, const yaml_event_t *e, enum yaml_kind kind,
	const yaml_char_t *anchor, const yaml_char_t *tag, bool flow)
{
	uint32_t start = byte_of(r, e->start_mark.index);
	uint32_t end = byte_of(r, e->end_mark.index);
	check_tag(r, tag, kind, start, (uint32_t)r->text.n);
	if (anchor || tag) {
		start = skip_properties(r, start, (uint32_t)r->text.n);
	}
	struct span span = span_of(r, start, end);
	if (r->depth == YAML_MOST_DEPTH) {
		return diag_error(r->sink, "CW-E005", span,
			"nested too deeply: more than %d levels", YAML_MOST_DEPTH);
	}
	struct yaml_tree_node *node =
		new_node(r, kind, flow ? YAML_FLOW : YAML_BLOCK, span);
	set_anchor(r, anchor, node);
	place_node(r, node);
	r->frames[r->depth++] = (struct frame){node, r->values.n};
	r->end = end > start ? end : start;
	return yaml_count_nodes(&r->mapper, 1, span);
}

/* Nodes in a closed collection, at most UINT32_MAX. */
static uint32_t expanded_of(const struct yaml_tree_node *node)
{
	uint64_t sum = 1;
	for (uint32_t i = 0; i < node->count; i++) {
		sum += node->kind == YAML_SEQUENCE
			       ? node->items[i]->expanded
			       : (uint64_t)node->pairs[i].key->expanded +
					 node->pairs[i].value->expanded;
	}
	return sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
}

static int close_node(struct reader *r, const yaml_event_t *e)
{
	struct frame *f = &r->frames[r->depth - 1];
	struct yaml_tree_node *node = f->node;
	size_t n = r->values.n - f->first;
	struct yaml_tree_node **children = n ? r->values.v + f->first : NULL;
	bool flow = node->style == YAML_FLOW;
	if (flow) {
		r->end = byte_of(r, e->end_mark.index);
	}
	node->span = span_of(r, node->span.off, r->end);
	int status = 0;
	if (node->kind == YAML_MAPPING) {
		status = yaml_make_mapping(&r->mapper, node, children, n, r->depth > 1);
	} else {
		node->items = ARENA_ARRAY(r->arena, struct yaml_tree_node *, n);
		node->count = (uint32_t)n;
		if (n) {
			memcpy(node->items, children, n * sizeof(*children));
		}
	}
	node->expanded = expanded_of(node);
	r->values.n = f->first;
	r->depth--;
	r->quoted = (struct yaml_range){0, 0};
	return status;
}

static int open_document(struct reader *r, const yaml_event_t *e)
{
	if (r->documents++ == 0) {
		return 0;
	}
	uint32_t start = byte_of(r, e->start_mark.index);
	return diag_error(r->sink, "CW-E008",
		span_of(r, start, byte_of(r, e->end_mark.index)),
		"a second document begins here; a file holds one");
}

/* One event into the tree; -1 where reading has to end (reported). */
static int take_event(struct reader *r, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		return open_document(r, e);
	case YAML_SCALAR_EVENT:
		return read_scalar(r, e);
	case YAML_ALIAS_EVENT:
		return read_alias(r, e);
	case YAML_SEQUENCE_START_EVENT:
		return open_node(r, e, YAML_SEQUENCE, e->data.sequence_start.anchor,
			e->data.sequence_start.tag,
			e->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE);
	case YAML_MAPPING_START_EVENT:
		return open_node(r, e, YAML_MAPPING, e->data.mapping_start.anchor,
			e->data.mapping_start.tag,
			e->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return close_node(r, e);
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	return 0;
}

/* What libyaml could not read. */
static int syntax_error(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	if (p->error == YAML_MEMORY_ERROR) {
		out_of_memory(0);
	}
	if (p->error == YAML_READER_ERROR) {
		uint32_t at = r->begin + (uint32_t)p->problem_offset;
		unsigned cp = (unsigned)p->problem_value;
		return diag_error(r->sink, "CW-E001", span_of(r, at, at + 1),
			cp ? "the character U+%04X cannot stand in YAML as it is; in "
			     "double quotes it is written \"\\%c%0*x\""
			   : "a NUL byte: this is no text file",
			cp, cp < 0x100 ? 'x' : 'u', cp < 0x100 ? 2 : 4, cp);
	}
	struct yaml_fault fault = {.source = r->source,
		.text = r->text,
		.problem = p->problem ? p->problem : "",
		.context = p->context ? p->context : "",
		.at = byte_of(r, p->problem_mark.index),
		.root_at = r->root ? r->root->span.off : 0,
		.quoted = r->quoted,
		.open_flow = UINT32_MAX,
		.bad = r->mapper.bad};
	fault.context_at = p->context ? byte_of(r, p->context_mark.index) : fault.at;
	for (unsigned i = r->depth; i-- > 0 && fault.open_flow == UINT32_MAX;) {
		if (r->frames[i].node->style == YAML_FLOW) {
			fault.open_flow = r->frames[i].node->span.off;
		}
	}
	yaml_fault_report(r->sink, &fault);
	return -1;
}

static int read_events(struct reader *r)
{
	for (;;) {
		yaml_event_t e;
		if (!yaml_parser_parse(&r->parser, &e)) {
			return syntax_error(r);
		}
		bool end = e.type == YAML_STREAM_END_EVENT;
		int status = take_event(r, &e);
		yaml_event_delete(&e);
		if (status || end) {
			return status;
		}
	}
}

static int check_utf8(struct reader *r)
{
	size_t bad;
	if (utf8_valid(r->text, &bad)) {
		return 0;
	}
	return diag_error(r->sink, "CW-E001", (struct span){r->source, (uint32_t)bad, 1},
		"not UTF-8: byte 0x%02x at offset %zu; save the file as UTF-8",
		(unsigned char)r->text.p[bad], bad);
}

static bool is_ascii(struct strview s)
{
	unsigned char all = 0;
	for (size_t i = 0; i < s.n; i++) {
		all |= (unsigned char)s.p[i];
	}
	return all < 0x80;
}

int yaml_parse(struct diag_sink *sink, struct arena *arena, uint32_t source,
	struct yaml_tree_node **ret_root)
{
	struct reader *r = xcalloc(1, sizeof(*r));
	r->sink = sink;
	r->arena = arena;
	r->source = source;
	r->text = source_text(sink->sources, source);
	r->begin = sv_starts(r->text, SV("\xef\xbb\xbf")) ? 3 : 0;
	yaml_mapper_init(&r->mapper, sink, arena, r->text);
	struct strview body = sv_skip(r->text, r->begin);
	r->cursor = r->begin;
	r->ascii = is_ascii(body);
	int status = r->ascii ? 0 : check_utf8(r);
	if (status == 0) {
		if (!yaml_parser_initialize(&r->parser)) {
			out_of_memory(sizeof(r->parser));
		}
		yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
		yaml_parser_set_input_string(
			&r->parser, (const unsigned char *)body.p, body.n);
		status = read_events(r);
		yaml_parser_delete(&r->parser);
	}
	if (r->mapper.failed) {
		status = -1;
	}
	if (status == 0) {
		*ret_root = r->root;
		status = r->mapper.doubled ? -1 : 0;
	}
	vec_release(&r->values);
	vec_release(&r->anchored);
	intern_release(&r->anchors);
	yaml_mapper_release(&r->mapper);
	free(r);
	return status;
}
