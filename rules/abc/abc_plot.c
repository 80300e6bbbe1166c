#include "abc/abc_cli.h"
enum abc_exit abc_plot(const struct abc_options *o)
{
	(void)o;
	return abc_error("not yet");
}
