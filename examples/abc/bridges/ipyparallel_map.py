#!/usr/bin/env python3
"""Maps the lines of standard input over the engines of ipyparallel.

    ipcluster start -n 4 &
    cwabc run PROBLEM.yaml -o RUN.db --sampler map -j 4 \
        --map-command './ipyparallel_map.py {evaluate}'
"""
import sys

import ipyparallel

command = sys.argv[1:]


def evaluate(task):
    import subprocess

    command, line = task
    return subprocess.run(command, input=line, stdout=subprocess.PIPE, text=True).stdout


view = ipyparallel.Client().load_balanced_view()
for out in view.map_async(evaluate, [(command, line) for line in sys.stdin], ordered=False):
    sys.stdout.write(out)
    sys.stdout.flush()
