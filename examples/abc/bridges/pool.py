#!/usr/bin/env python3
"""Maps the lines of standard input over processes of this machine (concurrent.futures).

    cwabc run PROBLEM.yaml -o RUN.db --sampler map -j 4 --map-command './pool.py 4 {evaluate}'
"""
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

workers, command = int(sys.argv[1]), sys.argv[2:]


def evaluate(line):
    p = subprocess.run(command, input=line, stdout=subprocess.PIPE, text=True)
    return p.stdout  # nothing where it failed: these ids come again


with ThreadPoolExecutor(workers) as pool:
    for out in pool.map(evaluate, sys.stdin):
        sys.stdout.write(out)
        sys.stdout.flush()
