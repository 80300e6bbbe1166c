#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "fakes/sandbox.h"
#include "sys/clock.h"
#include "sys/fs.h"
#include "sys/lockfile.h"

static void one_at_a_time(void **state)
{
	(void)state;
	struct lockfile a = LOCKFILE_INIT, b = LOCKFILE_INIT;
	struct strbuf who = STRBUF_INIT;
	assert_int_equal(lockfile_take(&a, "lock", 0, &who), LOCK_TAKEN);
	assert_true(lockfile_is_held("lock", NULL));
	assert_int_equal(lockfile_take(&b, "lock", NS_PER_S, &who), LOCK_BUSY);
	char expected[64];
	snprintf(expected, sizeof(expected), "pid %d on ", (int)getpid());
	assert_memory_equal(who.buf, expected, strlen(expected));
	assert_non_null(strstr(who.buf, " since 20"));
	lockfile_release(&b); /* was not held */
	assert_true(lockfile_is_held("lock", NULL));
	lockfile_release(&a);
	assert_false(lockfile_is_held("lock", NULL));
	assert_int_equal(lockfile_take(&b, "lock", 0, &who), LOCK_TAKEN);
	lockfile_release(&b);
	assert_false(lockfile_is_held("no lock", NULL));
	assert_int_equal(lockfile_take(&a, "none/lock", 0, &who), LOCK_ERROR);
	strbuf_release(&who);
}

/* A child that holds the lock until it is killed; with a helper that holds it until the
 * file "done" is there. */
static pid_t holder(bool helper)
{
	pid_t pid = fork();
	if (pid == 0) {
		struct lockfile l = LOCKFILE_INIT;
		lockfile_take(&l, "lock", 0, NULL);
		int up[2];
		if (pipe(up) < 0) {
			_exit(1);
		}
		if (helper && fork() == 0) {
			char c;
			close(up[1]);
			while (read(up[0], &c, 1) > 0) {
			}
			for (int i = 0; i < 6000 && !fs_exists("done"); i++) {
				usleep(10000);
			}
			_exit(0);
		}
		sandbox_write("held", "");
		pause();
	}
	for (int i = 0; i < 6000 && !fs_exists("held"); i++) {
		usleep(10000);
	}
	return pid;
}

static void dead_holders_hold_nothing(void **state)
{
	(void)state;
	struct lockfile l = LOCKFILE_INIT;
	struct strbuf who = STRBUF_INIT;
	pid_t pid = holder(false);
	assert_int_equal(lockfile_take(&l, "lock", NS_PER_S, &who), LOCK_BUSY);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(lockfile_take(&l, "lock", 0, &who), LOCK_TAKEN);
	lockfile_release(&l);
	/* its helper has some work left: that is waited for */
	unlink("held");
	pid = holder(true);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(lockfile_take(&l, "lock", 0, &who), LOCK_BUSY);
	sandbox_write("done", "");
	assert_int_equal(lockfile_take(&l, "lock", 60 * NS_PER_S, &who), LOCK_TAKEN);
	lockfile_release(&l);
	/* rubbish in the file is no lock */
	sandbox_write("lock", "rubbish\n");
	assert_int_equal(lockfile_take(&l, "lock", 0, &who), LOCK_TAKEN);
	lockfile_release(&l);
	strbuf_release(&who);
}

#define IN_SANDBOX(f) cmocka_unit_test_setup_teardown(f, sandbox_enter, sandbox_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SANDBOX(one_at_a_time),
		IN_SANDBOX(dead_holders_hold_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
