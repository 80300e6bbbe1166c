#include "base/intern.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/vec.h"

static uint32_t put(struct intern *in, const char *s)
{
	return intern_put(in, s, strlen(s));
}

static uint32_t find(const struct intern *in, const char *s)
{
	return intern_find(in, s, strlen(s));
}

static void equal_names_have_one_id(void **state)
{
	(void)state;
	struct intern in;
	intern_init(&in);
	assert_int_equal(find(&in, "a"), INTERN_NONE);
	assert_int_equal(put(&in, "a"), 0);
	assert_int_equal(put(&in, "b"), 1);
	assert_int_equal(put(&in, ""), 2);
	assert_int_equal(put(&in, "a"), 0);
	assert_int_equal(put(&in, ""), 2);
	assert_int_equal(in.count, 3);
	assert_int_equal(find(&in, "b"), 1);
	assert_int_equal(find(&in, "c"), INTERN_NONE);
	assert_string_equal(intern_str(&in, 1).p, "b");
	assert_int_equal(intern_str(&in, 2).n, 0);
	intern_release(&in);
	assert_int_equal(put(&in, "again"), 0);
	intern_release(&in);
}

static void names_are_any_bytes(void **state)
{
	(void)state;
	struct intern in;
	intern_init(&in);
	uint32_t a = intern_put(&in, "x\0y", 3), b = intern_put(&in, "x\0z", 3);
	uint32_t c = intern_put(&in, "x", 1), d = intern_put(&in, "\xff\n \"", 4);
	assert_true(a != b && a != c && b != c && d == 3);
	assert_int_equal(intern_put(&in, "x\0y", 3), a);
	assert_int_equal(intern_str(&in, a).n, 3);
	assert_memory_equal(intern_str(&in, a).p, "x\0y", 4);
	intern_release(&in);
}

static void a_million_names(void **state)
{
	(void)state;
	enum { N = 1000000 };
	struct intern in;
	intern_init(&in);
	char name[64];
	for (uint32_t i = 0; i < N; i++) {
		int n = snprintf(name, sizeof(name), "results/sample_%u/part.txt", i);
		assert_int_equal(intern_put(&in, name, (size_t)n), i);
	}
	assert_int_equal(in.count, N);
	for (uint32_t i = 0; i < N; i += 7) {
		int n = snprintf(name, sizeof(name), "results/sample_%u/part.txt", i);
		assert_int_equal(intern_find(&in, name, (size_t)n), i);
		struct strview s = intern_str(&in, i);
		assert_int_equal(s.n, n);
		assert_string_equal(s.p, name);
	}
	assert_int_equal(find(&in, "results/sample_1000000/part.txt"), INTERN_NONE);
	assert_true((size_t)in.mask + 1 >= N && (size_t)in.mask + 1 <= 4 * (size_t)N);
	intern_release(&in);
}

/* Names in batches, some twice in one batch, give the ids of names one by one. */
static void put_many_equals_put(void **state)
{
	(void)state;
	enum { N = 10007 };
	struct intern one, many;
	intern_init(&one);
	intern_init(&many);
	VEC(char *) texts = {0};
	VEC(struct strview) names = {0};
	for (uint32_t i = 0; i < N; i++) {
		uint32_t x = i * 2654435761u;
		vec_push(&texts, xasprintf("name%u", x % (i % 3 ? 50 : 20000)));
		vec_push(&names, sv_from(vec_last(&texts)));
	}
	uint32_t *ids = xcalloc(N, sizeof(*ids));
	intern_put_many(&many, names.v, 0, ids);
	intern_put_many(&many, names.v, 1, ids);
	intern_put_many(&many, names.v + 1, 63, ids + 1);
	intern_put_many(&many, names.v + 64, N - 64, ids + 64);
	for (uint32_t i = 0; i < N; i++) {
		assert_int_equal(intern_put(&one, names.v[i].p, names.v[i].n), ids[i]);
		assert_true(sv_eq(intern_str(&many, ids[i]), names.v[i]));
	}
	assert_int_equal(one.count, many.count);
	for (uint32_t i = 0; i < N; i++) {
		free(texts.v[i]);
	}
	vec_release(&texts);
	vec_release(&names);
	free(ids);
	intern_release(&one);
	intern_release(&many);
}

static void reserved_room_does_not_move(void **state)
{
	(void)state;
	struct intern in;
	intern_init(&in);
	intern_reserve(&in, 1000, 10000);
	put(&in, "first");
	const char *at = intern_str(&in, 0).p;
	char name[16];
	for (int i = 0; i < 999; i++) {
		int n = snprintf(name, sizeof(name), "n%08d", i);
		intern_put(&in, name, (size_t)n);
	}
	assert_ptr_equal(intern_str(&in, 0).p, at);
	assert_int_equal(in.count, 1000);
	intern_release(&in);
}

/* Every size around the growth of the table. */
static void grows_at_every_size(void **state)
{
	(void)state;
	for (uint32_t size = 1; size < 400; size++) {
		struct intern in;
		intern_init(&in);
		for (uint32_t i = 0; i < size; i++) {
			assert_int_equal(intern_put(&in, &i, sizeof(i)), i);
		}
		for (uint32_t i = 0; i < size; i++) {
			assert_int_equal(intern_find(&in, &i, sizeof(i)), i);
		}
		assert_int_equal(intern_find(&in, &size, sizeof(size)), INTERN_NONE);
		intern_release(&in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_names_have_one_id),
		cmocka_unit_test(names_are_any_bytes),
		cmocka_unit_test(a_million_names),
		cmocka_unit_test(put_many_equals_put),
		cmocka_unit_test(reserved_room_does_not_move),
		cmocka_unit_test(grows_at_every_size),
	};
	return cmocka_run_group_tests_name("intern", tests, NULL, NULL);
}
