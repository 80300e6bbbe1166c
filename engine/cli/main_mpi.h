/* The main() of cwflow as a part of cwflow-mpi; read before main.c there. */
#ifndef CW_CLI_MAIN_MPI_H
#define CW_CLI_MAIN_MPI_H

int cwflow_main(int argc, char **argv);

#endif
