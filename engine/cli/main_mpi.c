/*
 * cwflow-mpi: cwflow on several ranks. Rank 0 is cwflow, the others run its jobs. It is
 * linked from main.c, whose main() is cwflow_main() there, and exec/executor_mpi.c.
 */
#include "cli/main_mpi.h"
#include "exec/pilot.h"

int main(int argc, char **argv)
{
	if (pilot_begin(&argc, &argv) != 0) {
		return pilot_work();
	}
	return pilot_end(cwflow_main(argc, argv));
}
