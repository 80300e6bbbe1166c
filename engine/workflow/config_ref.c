#include "workflow/config_ref.h"

#include "base/number.h"

static int fail(struct render_error *err, enum render_fault fault, const char *text)
{
	err->fault = fault;
	err->text = text;
	return -1;
}

static const struct config *step_down(const struct config *c, const struct ref_step *step,
	struct strview key, int64_t index)
{
	if (c->kind == CONFIG_LIST) {
		return index >= 0 && index < (int64_t)c->count ? c->items[index] : NULL;
	}
	return config_get(c, step->inner ? key : step->text);
}

static int list_value(const struct config *c, const struct renderer *r, struct value *ret,
	struct render_error *err)
{
	if (c->kind == CONFIG_MAP) {
		return fail(err, RENDER_ERROR,
			"this value of the configuration is a mapping: name one of its "
			"values");
	}
	struct strview *list = ARENA_ARRAY(r->arena, struct strview, c->count);
	for (uint32_t i = 0; i < c->count; i++) {
		if (c->items[i]->kind != CONFIG_TEXT) {
			return fail(err, RENDER_ERROR,
				"this value of the configuration is a list of lists or "
				"mappings");
		}
		list[i] = c->items[i]->text;
	}
	*ret = (struct value){.kind = VALUE_LIST, .list = list, .count = c->count};
	return 0;
}

int config_ref_value(const struct ref *ref, const struct renderer *r, struct value *ret,
	struct render_error *err)
{
	const struct config *c = ref->bound;
	for (uint32_t s = ref->slot; s < ref->step_count; s++) {
		const struct ref_step *step = &ref->steps[s];
		struct strview key = step->text;
		int64_t index = step->index;
		if (step->inner) {
			struct value inner = {.kind = VALUE_TEXT};
			if (r->resolve(r->ctx, step->inner, &inner, err) != 0) {
				return -1;
			}
			index = inner.kind == VALUE_INT ? inner.i : -1;
			key = inner.kind == VALUE_INT
				      ? sv_from(arena_printf(
						r->arena, "%lld", (long long)inner.i))
				      : inner.text;
			if (index < 0 && parse_i64(key, &index) != 0) {
				index = -1;
			}
		}
		const struct config *next = step_down(c, step, key, index);
		if (!next) {
			return fail(err, RENDER_NOT_APPLY,
				arena_printf(r->arena,
					"the configuration has no value for \"" SV_FMT
					"\"",
					SV_ARG(key)));
		}
		c = next;
	}
	if (c->kind == CONFIG_TEXT) {
		*ret = (struct value){.kind = VALUE_TEXT, .text = c->text};
		return 0;
	}
	return list_value(c, r, ret, err);
}
