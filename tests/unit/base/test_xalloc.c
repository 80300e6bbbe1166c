#include "base/xalloc.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void no_memory(void)
{
	out_of_memory(5);
}

static void add_too_much(void)
{
	(void)size_add(SIZE_MAX, 1);
}

static void mul_too_much(void)
{
	(void)size_mul(SIZE_MAX / 2, 3);
}

static void grow_too_much(void)
{
	void *p = xreallocarray(NULL, SIZE_MAX / 4, 8);
	free(p);
}

static void bug(void)
{
	CW_BUG("number %d", 7);
}

static void assertion(void)
{
	volatile int one = 1;
	cw_assert(one == 2);
}

/* Status of a child that runs `run`, as waitpid() gives it; *ret_err what it wrote. */
static int status_of(void (*run)(void), char ret_err[256])
{
	int fds[2];
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		run();
		_exit(0);
	}
	close(fds[1]);
	size_t n = 0;
	for (ssize_t got; n < 255 && (got = read(fds[0], ret_err + n, 255 - n)) > 0;) {
		n += (size_t)got;
	}
	ret_err[n] = '\0';
	close(fds[0]);
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void out_of_memory_ends_with_70(void **state)
{
	(void)state;
	void (*const runs[])(void) = {
		no_memory, add_too_much, mul_too_much, grow_too_much};
	for (size_t i = 0; i < CW_ARRAY_LEN(runs); i++) {
		char err[256];
		int status = status_of(runs[i], err);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 70);
		assert_non_null(strstr(err, "cwflow: out of memory"));
	}
}

static void bugs_say_where_and_abort(void **state)
{
	(void)state;
	char err[256];
	int status = status_of(bug, err);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
	assert_non_null(strstr(err, "test_xalloc.c:"));
	assert_non_null(strstr(err, "number 7"));
	status = status_of(assertion, err);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
	assert_non_null(strstr(err, "one == 2"));
}

static void sizes_add_and_multiply(void **state)
{
	(void)state;
	assert_int_equal(size_add(3, 4), 7);
	assert_int_equal(size_add(SIZE_MAX - 1, 1), SIZE_MAX);
	assert_int_equal(size_mul(0, SIZE_MAX), 0);
	assert_int_equal(size_mul(6, 7), 42);
}

static void allocations_of_nothing_are_owned(void **state)
{
	(void)state;
	void *p = xmalloc(0), *q = xcalloc(0, 8);
	assert_non_null(p);
	assert_non_null(q);
	p = xreallocarray(p, 0, 1);
	assert_non_null(p);
	free(p);
	free(q);
}

static void copies_and_formats(void **state)
{
	(void)state;
	char *a = xmemdup0("a\0b", 3), *b = xstrdup(""), *c = xasprintf("%s-%d", "x", 3);
	assert_memory_equal(a, "a\0b", 4);
	assert_string_equal(b, "");
	assert_string_equal(c, "x-3");
	free(a);
	free(b);
	free(c);
	a = xmemdup0(NULL, 0);
	assert_string_equal(a, "");
	free(a);
	int *z = xcalloc(100, sizeof(*z));
	for (int i = 0; i < 100; i++) {
		assert_int_equal(z[i], 0);
	}
	free(z);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(out_of_memory_ends_with_70),
		cmocka_unit_test(bugs_say_where_and_abort),
		cmocka_unit_test(sizes_add_and_multiply),
		cmocka_unit_test(allocations_of_nothing_are_owned),
		cmocka_unit_test(copies_and_formats),
	};
	return cmocka_run_group_tests_name("xalloc", tests, NULL, NULL);
}
