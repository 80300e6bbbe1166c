/* cwabc plot: hands over to cwabc_plot, which lies in ../libexec/cwflow. */
#include <errno.h>
#include <unistd.h>

#include "abc/abc_cli.h"
#include "sys/path.h"

enum abc_exit abc_plot(const struct abc_options *o)
{
	struct strbuf program = STRBUF_INIT;
	char self[4096], *argv[4] = {NULL};
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self));

	if (n <= 0 || (size_t)n == sizeof(self)) {
		return abc_error("cannot tell where cwabc is installed");
	}
	strbuf_addsv(&program, path_dir(path_dir((struct strview){self, (size_t)n})));
	strbuf_addstr(&program, "/libexec/cwflow/cwabc_plot");
	argv[0] = program.buf;
	memcpy(&argv[1], &o->operand[0], sizeof(argv[1]));
	memcpy(&argv[2], &o->operand[1], sizeof(argv[2]));
	execv(program.buf, argv);
	abc_error("cannot run %s: %s%s", program.buf, strerror(errno),
		errno == ENOENT
			? " (pictures need libcairo2-dev and libpango1.0-dev when cwabc "
			  "is built)"
			: "");
	strbuf_release(&program);
	return ABC_FAILED;
}
