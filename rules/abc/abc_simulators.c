/* cwabc simulators. */
#include <unistd.h>

#include "abc/abc_cli.h"
#include "abc/model.h"
#include "sys/path.h"

/* The header lies in ../include of the program's folder, built or installed. */
static enum abc_exit print_cflags(void)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
	struct strview bin;

	if (n <= 0 || (size_t)n == sizeof(self)) {
		return abc_error("cannot tell where cwabc is installed");
	}
	bin = path_dir((struct strview){self, (size_t)n});
	printf("-I" SV_FMT "/include\n", SV_ARG(path_dir(bin)));
	return ABC_OK;
}

enum abc_exit abc_simulators(const struct abc_options *o)
{
	if (o->cflags) {
		return print_cflags();
	}
	model_builtin_list(stdout);
	return ABC_OK;
}
