/* cwabc simulators. */
#include "abc/abc_cli.h"
#include "abc/model.h"

enum abc_exit abc_simulators(const struct abc_options *o)
{
	(void)o;
	model_builtin_list(stdout);
	return ABC_OK;
}
