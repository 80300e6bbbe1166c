/* The pilot of a program without MPI: there is none. */
#include <errno.h>

#include "exec/pilot.h"

int pilot_begin(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

int pilot_work(void)
{
	return 0;
}

int pilot_end(int status)
{
	return status;
}

uint32_t pilot_workers(void)
{
	return 0;
}

uint32_t pilot_cores(void)
{
	return 0;
}

uint32_t pilot_most_cores(void)
{
	return 0;
}

struct executor *pilot_executor_new(const struct pilot_options *o)
{
	(void)o;
	errno = ENOSYS;
	return NULL;
}
