#include "base/edit_distance.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static unsigned distance(const char *a, const char *b, unsigned limit)
{
	unsigned there = edit_distance(sv_from(a), sv_from(b), limit);
	assert_int_equal(edit_distance(sv_from(b), sv_from(a), limit), there);
	return there;
}

static void known_distances(void **state)
{
	(void)state;
	assert_int_equal(distance("", "", 3), 0);
	assert_int_equal(distance("input", "input", 3), 0);
	assert_int_equal(distance("input", "inptu", 3), 1);
	assert_int_equal(distance("input", "imput", 3), 1);
	assert_int_equal(distance("input", "inputs", 3), 1);
	assert_int_equal(distance("input", "nput", 3), 1);
	assert_int_equal(distance("kitten", "sitting", 3), 3);
	assert_int_equal(distance("ca", "abc", 9), 3); /* no edit inside a swap */
	assert_int_equal(distance("", "abc", 3), 3);
	assert_int_equal(distance("abcdef", "ghijkl", 9), 6);
	assert_int_equal(distance("ab", "ba", 1), 1);
}

static void past_the_limit_is_one_more(void **state)
{
	(void)state;
	assert_int_equal(distance("kitten", "sitting", 2), 3);
	assert_int_equal(distance("abcdef", "ghijkl", 3), 4);
	assert_int_equal(distance("", "abcdefgh", 3), 4);
	assert_int_equal(distance("a", "b", 0), 1);
	assert_int_equal(distance("a", "a", 0), 0);
}

static void long_names_are_far(void **state)
{
	(void)state;
	char a[301], b[301];
	memset(a, 'a', 300);
	memset(b, 'a', 300);
	a[300] = b[300] = '\0';
	assert_int_equal(distance(a, b, 3), 0);
	b[7] = 'b';
	assert_int_equal(distance(a, b, 3), 4);
	a[256] = b[256] = '\0';
	assert_int_equal(distance(a, b, 3), 1);
}

/* Against the definition by recursion over all edits, on all words over {a, b, c}. */
static unsigned slow(const char *a, const char *b)
{
	if (!*a || !*b) {
		return (unsigned)(strlen(a) + strlen(b));
	}
	unsigned best = slow(a + 1, b + 1) + (*a != *b);
	unsigned other = slow(a + 1, b) + 1;
	best = other < best ? other : best;
	other = slow(a, b + 1) + 1;
	best = other < best ? other : best;
	if (a[1] && b[1] && a[0] == b[1] && a[1] == b[0]) {
		other = slow(a + 2, b + 2) + 1;
		best = other < best ? other : best;
	}
	return best;
}

static void word(unsigned number, char out[6])
{
	size_t n = 0;
	for (; number; number /= 3) {
		number--;
		out[n++] = (char)('a' + number % 3);
	}
	out[n] = '\0';
}

static void equals_the_definition(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		for (unsigned k = 0; k < 200; k++) {
			char a[6], b[6];
			word(i, a);
			word(k, b);
			unsigned d = slow(a, b);
			for (unsigned limit = 0; limit < 6; limit++) {
				assert_int_equal(
					edit_distance(sv_from(a), sv_from(b), limit),
					d <= limit ? d : limit + 1);
			}
		}
	}
}

static const char *nearest_of(const char *wanted, const char *const *names)
{
	struct nearest n;
	nearest_init(&n, sv_from(wanted));
	for (; *names; names++) {
		nearest_offer(&n, sv_from(*names));
	}
	return n.best.p;
}

static void the_nearest_name(void **state)
{
	(void)state;
	const char *const keys[] = {"input", "output", "shell", "threads", "log", NULL};
	assert_string_equal(nearest_of("inptu", keys), "input");
	assert_string_equal(nearest_of("thread", keys), "threads");
	assert_string_equal(nearest_of("Shell", keys), "shell");
	assert_string_equal(nearest_of("lgo", keys), "log");
	assert_string_equal(nearest_of("log", keys), "log");
	assert_null(nearest_of("resources", keys));
	assert_null(nearest_of("", keys));
}

static void near_is_less_than_half_of_the_name(void **state)
{
	(void)state;
	const char *const keys[] = {"ab", "abcd", "abcdefg", "abcdefgh", NULL};
	assert_null(nearest_of("x", keys));
	assert_null(nearest_of("xb", keys));                      /* 1 of 2 */
	assert_null(nearest_of("abxy", keys));                    /* 2 of 4 */
	assert_string_equal(nearest_of("abc", keys), "ab");       /* 1 of 3 */
	assert_string_equal(nearest_of("abcdxyz", keys), "abcd"); /* 3 of 7 */
	assert_null(nearest_of("abcdwxyz", keys));                /* 4 */
}

static void ties_go_to_the_first(void **state)
{
	(void)state;
	const char *const keys[] = {"bam1", "bam2", "bam3", NULL};
	assert_string_equal(nearest_of("bamX", keys), "bam1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_distances),
		cmocka_unit_test(past_the_limit_is_one_more),
		cmocka_unit_test(long_names_are_far),
		cmocka_unit_test(equals_the_definition),
		cmocka_unit_test(the_nearest_name),
		cmocka_unit_test(near_is_less_than_half_of_the_name),
		cmocka_unit_test(ties_go_to_the_first),
	};
	return cmocka_run_group_tests_name("edit_distance", tests, NULL, NULL);
}
