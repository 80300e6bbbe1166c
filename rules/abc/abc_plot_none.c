/* cwabc plot where cairo and pango were not there to build with. */
#include "abc/abc_cli.h"

enum abc_exit abc_plot(const struct abc_options *o)
{
	(void)o;
	return abc_error(
		"this cwabc was built without pictures (libcairo2-dev, libpango1.0-dev)");
}
