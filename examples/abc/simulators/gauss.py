#!/usr/bin/env python3
"""A simulator in Python: reads a line for each evaluation, answers with a line."""
import random
import statistics
import sys

print("cwabc 1 params mu sigma stats 2", flush=True)
for line in sys.stdin:
    id, seed, epsilon, mu, sigma = line.split()
    rng = random.Random(int(seed))  # all randomness comes from the seed
    x = [rng.gauss(float(mu), float(sigma)) for _ in range(30)]
    print(id, statistics.fmean(x), statistics.stdev(x), flush=True)
