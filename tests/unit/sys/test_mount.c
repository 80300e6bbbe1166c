#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#include "sys/mount.h"

static void words_of_mounts(void **state)
{
	(void)state;
	static const struct {
		const char *type, *options;
		bool local;
	} rows[] = {
		{"nfs4", "rw,vers=4.2,hard,local_lock=none,addr=10.0.0.1", false},
		{"nfs", "rw,vers=3,nolock,local_lock=all", true},
		{"nfs", "rw,local_lock=posix", true},
		{"nfs", "rw,local_lock=flock", false},
		{"nfs", "rw,nolocks", false},
		{"lustre", "rw,flock,lazystatfs", false},
		{"lustre", "rw,localflock", true},
		{"cifs", "rw,nobrl", true},
		{"cifs", "rw", false},
		{"fuse.sshfs", "rw,user_id=0", true},
		{"fuse", "", true},
		{"fuse.glusterfs", "rw", false},
		{"beegfs", "", false},
	};
	for (size_t i = 0; i < CW_ARRAY_LEN(rows); i++) {
		bool local = mount_words_say_local(
			sv_from(rows[i].type), sv_from(rows[i].options));
		if (local != rows[i].local) {
			fail_msg("%s %s", rows[i].type, rows[i].options);
		}
	}
}

static void nothing_is_said_of_local_files(void **state)
{
	(void)state;
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_false(mount_locks_stay_here(fd));
	close(fd);
	assert_false(mount_locks_stay_here(-1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_of_mounts),
		cmocka_unit_test(nothing_is_said_of_local_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
