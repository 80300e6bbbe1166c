#!/usr/bin/env python3
"""Maps the lines of standard input over a Dask cluster.

    cwabc run PROBLEM.yaml -o RUN.db --sampler map -j 8 \
        --map-command './dask_map.py tcp://scheduler:8786 {evaluate}'

"local" in place of an address starts a cluster on this machine; a file that ends in .json is
a scheduler's (--scheduler-file), as Dask-MPI writes it:

    mpirun -n 10 dask-mpi --scheduler-file scheduler.json &

The workers must see the problem's folder and cwabc under the same paths.
"""
import subprocess
import sys

from dask.distributed import Client, LocalCluster, as_completed

address, command = sys.argv[1], sys.argv[2:]


def evaluate(line):
    return subprocess.run(command, input=line, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    if address.endswith(".json"):
        client = Client(scheduler_file=address)
    else:
        client = Client(LocalCluster(processes=True) if address == "local" else address)
    with client:
        futures = client.map(evaluate, list(sys.stdin), pure=False)
        for future in as_completed(futures):
            if future.status == "finished":
                sys.stdout.write(future.result())
                sys.stdout.flush()
