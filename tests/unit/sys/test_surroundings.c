/* Environment of jobs, processors, terminal. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fakes/sandbox.h"
#include "sys/cpus.h"
#include "sys/env.h"
#include "sys/fs.h"
#include "sys/term.h"

static uint32_t count(char *const *list, const char *name)
{
	uint32_t n = 0;
	size_t length = strlen(name);
	for (; *list; list++) {
		n += strncmp(*list, name, length) == 0 && (*list)[length] == '=';
	}
	return n;
}

static void environment(void **state)
{
	char path[] = "PATH=/bin", home[] = "HOME=/root", odd[] = "no sign",
	     empty[] = "E=";
	char ompi[] = "OMPI_COMM_WORLD_RANK=1", pmix[] = "PMIX_RANK=1",
	     slurm[] = "SLURM_JOB_ID=1";
	char pwd[] = "PWD=/somewhere/else";
	char *from[] = {path, home, odd, empty, slurm, pwd, NULL};
	struct env e;
	env_init(&e, from, "/tools");
	assert_string_equal(env_get(e.v, "PATH"), "/bin:/tools");
	assert_string_equal(env_get(e.v, "SLURM_JOB_ID"), "1"); /* a user's salloc */
	assert_string_equal(env_get(e.v, "E"), "");
	assert_string_equal(env_get(e.v, "PWD"), *state);
	assert_null(env_get(e.v, "HOM"));

	struct arena arena;
	arena_init(&arena);
	char a[] = "HOME=/x", b[] = "NEW=1", c[] = "NEW=2";
	char *pairs[] = {a, b, c};
	char **list = env_with(&e, pairs, 3, &arena);
	assert_string_equal(env_get(list, "HOME"), "/x");
	assert_int_equal(count(list, "HOME"), 1);
	assert_string_equal(env_get(list, "NEW"), "2");
	assert_int_equal(count(list, "NEW"), 1);
	assert_int_equal(count(list, "PATH"), 1);
	arena_release(&arena);
	env_release(&e);

	char *launched[] = {ompi, slurm, pmix, NULL};
	env_init(&e, launched, NULL);
	assert_null(env_get(e.v, "OMPI_COMM_WORLD_RANK"));
	assert_null(env_get(e.v, "PMIX_RANK"));
	assert_null(env_get(e.v, "SLURM_JOB_ID"));
	env_release(&e);
	env_init(&e, launched, "/tools");
	assert_string_equal(env_get(e.v, "PATH"), "/usr/local/bin:/usr/bin:/bin:/tools");
	env_release(&e);
}

static void processors(void **state)
{
	(void)state;
	assert_true(cpus_allowed() >= 1);
	assert_int_equal(fs_make_dirs(AT_FDCWD, "v2/a/b"), 0);
	sandbox_write("v2/a/cpu.max", "150000 100000\n");
	sandbox_write("v2/a/b/cpu.max", "max 100000\n");
	assert_int_equal(cpus_quota("v2", "0::/a/b\n"), 2);
	assert_int_equal(cpus_quota("v2", "0::/\n"), 0);
	assert_int_equal(cpus_quota("v2", ""), 0);
	assert_int_equal(cpus_quota("v2", "0::/../..\n"), 0);
	sandbox_write("v2/a/b/cpu.max", "50000 100000\n");
	assert_int_equal(cpus_quota("v2", "0::/a/b\n"), 1);
	assert_int_equal(fs_make_dirs(AT_FDCWD, "v1/cpu/g"), 0);
	sandbox_write("v1/cpu/g/cpu.cfs_quota_us", "300000\n");
	sandbox_write("v1/cpu/g/cpu.cfs_period_us", "100000\n");
	assert_int_equal(cpus_quota("v1", "3:memory:/g\n2:cpuacct,cpu:/g\n"), 3);
	sandbox_write("v1/cpu/g/cpu.cfs_quota_us", "-1\n");
	assert_int_equal(cpus_quota("v1", "2:cpu,cpuacct:/g\n"), 0);
}

static void terminal(void **state)
{
	(void)state;
	int fd = open("file", O_CREAT | O_RDWR | O_CLOEXEC, 0666);
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	assert_false(term_is_live(fd));
	assert_int_equal(term_width(fd), 80);
	assert_false(term_color(fd));
	setenv("CLICOLOR_FORCE", "1", 1);
	assert_true(term_color(fd));
	setenv("NO_COLOR", "1", 1);
	assert_false(term_color(fd));
	setenv("NO_COLOR", "", 1);
	assert_true(term_color(fd));
	setenv("CLICOLOR_FORCE", "0", 1);
	assert_false(term_color(fd));
	int pty = posix_openpt(O_RDWR | O_NOCTTY);
	if (pty < 0) {
		skip(); /* no /dev/pts here */
	}
	assert_true(term_is_live(pty));
	assert_true(term_color(pty));
	setenv("TERM", "dumb", 1);
	assert_false(term_is_live(pty));
	close(pty);
	close(fd);
}

#define IN_SANDBOX(f) cmocka_unit_test_setup_teardown(f, sandbox_enter, sandbox_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SANDBOX(environment),
		IN_SANDBOX(processors),
		IN_SANDBOX(terminal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
