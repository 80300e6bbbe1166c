#include "base/edit_distance.h"
#include "base/number.h"
#include "pattern/template_impl.h"

/* Words that cannot name a wildcard, and what each may have behind it. */
struct head {
	const char *word;
	enum ref_kind kind;
	bool takes_name, needs_name; /* .NAME */
	bool takes_index;            /* [0] */
	bool takes_path;             /* any steps */
	bool reserved;               /* means nothing by itself */
};

static const struct head heads[] = {
	{.word = "wildcards",
		.kind = REF_WILDCARD,
		.takes_name = true,
		.needs_name = true},
	{.word = "input", .kind = REF_INPUT, .takes_name = true, .takes_index = true},
	{.word = "output", .kind = REF_OUTPUT, .takes_name = true, .takes_index = true},
	{.word = "log", .kind = REF_LOG, .takes_name = true, .takes_index = true},
	{.word = "benchmark", .kind = REF_BENCHMARK, .takes_index = true},
	{.word = "params",
		.kind = REF_PARAMS,
		.takes_name = true,
		.takes_index = true,
		.takes_path = true},
	{.word = "resources",
		.kind = REF_RESOURCES,
		.takes_name = true,
		.needs_name = true},
	{.word = "threads", .kind = REF_THREADS},
	{.word = "rule", .kind = REF_RULE},
	{.word = "jobid", .kind = REF_JOBID},
	{.word = "attempt", .kind = REF_ATTEMPT},
	{.word = "config", .kind = REF_CONFIG, .takes_index = true, .takes_path = true},
	{.word = "env", .kind = REF_ENV, .takes_name = true, .needs_name = true},
	{.word = "workflow",
		.kind = REF_WORKFLOW_DIR,
		.takes_name = true,
		.needs_name = true},
	{.word = "workdir", .kind = REF_WORKDIR},
	{.word = "size_mb", .reserved = true},
	{.word = "path", .reserved = true},
	{.word = "expand", .reserved = true},
	{.word = "output_of", .reserved = true},
	{.word = "lookup", .reserved = true},
	{.word = "switch", .reserved = true},
	{.word = "multiext", .reserved = true},
};

void reference_words_offer(struct nearest *near)
{
	for (size_t i = 0; i < CW_ARRAY_LEN(heads); i++) {
		if (!heads[i].reserved) {
			nearest_offer(near, sv_from(heads[i].word));
		}
	}
}

static const struct head *find_head(struct strview word)
{
	for (size_t i = 0; i < CW_ARRAY_LEN(heads); i++) {
		if (sv_eq_str(word, heads[i].word)) {
			return &heads[i];
		}
	}
	return NULL;
}

bool template_reserved(struct strview name)
{
	return find_head(name) != NULL;
}

bool is_name_start(char c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_name_char(char c)
{
	return is_name_start(c) || (c >= '0' && c <= '9');
}

struct strview read_name(struct reading *rd)
{
	size_t from = rd->at;
	while (rd->at < rd->end && is_name_char(rd->text.p[rd->at])) {
		rd->at++;
	}
	return sv_sub(rd->text, from, rd->at - from);
}

/* A reference that is being read, and the steps it has so far. */
struct open_ref {
	struct ref *ref;
	struct strview head;
	VEC(struct ref_step) steps;
};

static bool is_index(struct strview s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9') {
			return false;
		}
	}
	return s.n > 0;
}

static int bad_reference(struct reading *rd, const struct open_ref *o, const char *what)
{
	return reading_error(rd, "CW-E103", o->ref->off, o->ref->len, "\"" SV_FMT "\" %s",
		SV_ARG(sv_sub(rd->text, o->ref->off, o->ref->len)), what);
}

/* Takes .NAME away from the steps where the head has one. */
static int bind_name(struct reading *rd, struct open_ref *o, const struct head *h)
{
	const struct ref_step *first = o->steps.n ? &o->steps.v[0] : NULL;
	if (first && !first->bracket && h->takes_name) {
		o->ref->name = first->text;
		o->steps.n--;
		memmove(o->steps.v, o->steps.v + 1, o->steps.n * sizeof(*first));
		return 0;
	}
	if (!h->needs_name) {
		return 0;
	}
	return reading_error(rd, "CW-E103", o->ref->off, o->ref->len,
		"\"%s\" needs a name behind it; write {%s.%s}", h->word, h->word,
		h->kind == REF_WORKFLOW_DIR ? "dir" : "NAME");
}

/* What may stand behind the head and its name. */
static int bind_steps(struct reading *rd, struct open_ref *o, const struct head *h)
{
	if (h->takes_path) {
		return h->kind == REF_CONFIG && !o->steps.n
			       ? bad_reference(rd, o,
					 "needs a key behind it; write {config.KEY}")
			       : 0;
	}
	if (!o->steps.n) {
		return 0;
	}
	if (o->steps.n > 1 || !h->takes_index) {
		return bad_reference(rd, o,
			h->takes_index ? "has too much behind it; write a name, an index "
					 "or both, as in {input.NAME[0]}"
				       : "has too much behind it");
	}
	if (!o->steps.v[0].bracket) {
		return bad_reference(rd, o, "has two names; write {input.NAME}");
	}
	return o->steps.v[0].index < 0
		       ? bad_reference(rd, o, "needs an integer between the brackets")
		       : 0;
}

static int bind_head(struct reading *rd, struct open_ref *o, const struct head *h)
{
	struct ref *ref = o->ref;
	if (h->reserved) {
		return bad_reference(rd, o,
			"is a word of the language and no reference; call the wildcard "
			"something else");
	}
	ref->kind = h->kind;
	if (bind_name(rd, o, h) || bind_steps(rd, o, h)) {
		return -1;
	}
	if (ref->kind == REF_INPUT && sv_eq_str(ref->name, "size_mb")) {
		ref->kind = REF_INPUT_SIZE;
		ref->name = (struct strview){NULL, 0};
		return o->steps.n ? bad_reference(rd, o, "has no items") : 0;
	}
	if (ref->kind == REF_WORKFLOW_DIR && !sv_eq_str(ref->name, "dir")) {
		return bad_reference(rd, o, "does not exist; write {workflow.dir}");
	}
	return 0;
}

/* A bare name: one of the extra names, a wildcard, a set, or a column of a table. */
static void bind_bare(struct reading *rd, struct open_ref *o)
{
	o->ref->kind = REF_WILDCARD;
	o->ref->name = o->head;
	for (const char *const *e = rd->extra_names; e && *e; e++) {
		if (sv_eq_str(o->head, *e)) {
			o->ref->kind = REF_EXTRA;
		}
	}
}

/* The innermost reference is complete. */
static int finish_reference(struct reading *rd, struct open_ref *o)
{
	struct ref *ref = o->ref;
	ref->len = (uint32_t)rd->at - ref->off;
	const struct head *h = find_head(o->head);
	int rc = 0;
	if (h) {
		rc = bind_head(rd, o, h);
	} else {
		bind_bare(rd, o);
	}
	if (o->steps.n) {
		ref->steps = ARENA_ARRAY(rd->arena, struct ref_step, o->steps.n);
		memcpy(ref->steps, o->steps.v, o->steps.n * sizeof(*ref->steps));
		ref->step_count = (uint32_t)o->steps.n;
	}
	vec_release(&o->steps);
	return rc;
}

/* The heads that can stand in brackets as a reference: others are keys with a dot. */
static bool begins_reference(const struct reading *rd)
{
	size_t i = rd->at;
	while (i < rd->end && is_name_char(rd->text.p[i])) {
		i++;
	}
	const struct head *h = find_head(sv_sub(rd->text, rd->at, i - rd->at));
	bool dotted = i < rd->end && rd->text.p[i] == '.' && i + 1 < rd->end &&
		      is_name_start(rd->text.p[i + 1]);
	return dotted && h && !h->reserved && (h->takes_name || h->takes_path);
}

/* A literal key or an index in brackets; rd->at behind its `]` then. */
static int read_key(struct reading *rd, struct open_ref *o)
{
	size_t from = rd->at;
	const char *close = memchr(rd->text.p + from, ']', rd->end - from);
	if (!close) {
		return reading_error(
			rd, "CW-E107", from - 1, 1, "this [ has no ] in the same braces");
	}
	struct strview key = {rd->text.p + from, 0};
	key.n = (size_t)(close - key.p);
	rd->at = from + key.n + 1;
	if (!key.n || memchr(key.p, '[', key.n)) {
		return reading_error(rd, "CW-E107", from - 1, key.n + 2,
			"an index is an integer, a key, or a reference such as "
			"wildcards.NAME");
	}
	struct ref_step step = {.name = key, .index = -1, .text = key, .bracket = true};
	int64_t index = -1;
	if (is_index(key) && !parse_i64(key, &index)) {
		step.index = index;
		step.name = (struct strview){NULL, 0};
	}
	vec_push(&o->steps, step);
	return 0;
}

static int read_dot(struct reading *rd, struct open_ref *o)
{
	rd->at++;
	if (rd->at >= rd->end || !is_name_start(rd->text.p[rd->at])) {
		return reading_error(rd, "CW-E107", rd->at - 1, 1,
			"a name must stand behind this dot; keys of other characters go "
			"into brackets, as in {config[max-reads]}");
	}
	struct strview name = read_name(rd);
	vec_push(&o->steps, (struct ref_step){.name = name, .index = -1, .text = name});
	return 0;
}

static struct open_ref begin_reference(struct reading *rd)
{
	struct open_ref o = {.ref = ARENA_NEW(rd->arena, struct ref)};
	o.ref->off = (uint32_t)rd->at;
	o.head = read_name(rd);
	return o;
}

/* Reads references, each within the brackets of the one before, into `stack`. */
static int read_nested(struct reading *rd, struct open_ref *stack, uint32_t *depth)
{
	for (;;) {
		struct open_ref *o = &stack[*depth - 1];
		char c = rd->at < rd->end ? rd->text.p[rd->at] : '\0';
		if (c == '.') {
			if (read_dot(rd, o)) {
				return -1;
			}
		} else if (c == '[') {
			rd->at++;
			if (!begins_reference(rd)) {
				if (read_key(rd, o)) {
					return -1;
				}
			} else if (*depth == REF_DEPTH) {
				return reading_error(rd, "CW-E107", rd->at, 1,
					"references are nested too deeply");
			} else {
				stack[(*depth)++] = begin_reference(rd);
			}
		} else if (finish_reference(rd, o)) {
			return -1;
		} else if (--*depth == 0) {
			return 0;
		} else if (c != ']') {
			return reading_error(rd, "CW-E107", rd->at, 1,
				"a ] must stand here, behind the reference in brackets");
		} else {
			rd->at++;
			vec_push(&stack[*depth - 1].steps,
				(struct ref_step){.index = -1,
					.inner = o->ref,
					.text = sv_sub(
						rd->text, o->ref->off, o->ref->len),
					.bracket = true});
		}
	}
}

struct ref *read_reference(struct reading *rd)
{
	struct open_ref stack[REF_DEPTH];
	uint32_t depth = 1;
	stack[0] = begin_reference(rd);
	int rc = read_nested(rd, stack, &depth);
	for (uint32_t i = 0; i < depth; i++) {
		vec_release(&stack[i].steps);
	}
	return rc ? NULL : stack[0].ref;
}
