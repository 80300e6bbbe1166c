#!/usr/bin/env python3
"""Successes of 10 trials, over lines, answered in reverse order where several wait.

With an argument: kills itself at some evaluations, the first time it sees them.
"""
import os
import random
import sys

die = sys.argv[1] if len(sys.argv) > 1 else None
os.write(1, b"cwabc 1 params p stats 1\n")
rest = b""
while True:
    data = os.read(0, 65536)
    if not data:
        break
    *lines, rest = (rest + data).split(b"\n")
    answers = []
    for line in lines:
        id, seed, eps, p = line.decode().split()
        r = random.Random(int(seed))
        p = float(p)
        if die and int(seed) % 40 == 0 and not os.path.exists(die + id):
            open(die + id, "w").close()
            os.kill(os.getpid(), 9)
        answers.append(f"{id} {sum(r.random() < p for _ in range(10))}\n")
    os.write(1, "".join(reversed(answers)).encode())
