"""A master of pyABC over Redis; its workers are abc-redis-worker.

pyabc_master.py static|dynamic PORT PASSWORD SLEEP POPULATION EPSILON...
Prints a line "done EVALUATIONS SECONDS MEAN"; SECONDS without the start of Python.
"""
import logging
import os
import sys
import tempfile
import time

import numpy as np
import pyabc
from pyabc.sampler import RedisEvalParallelSampler, RedisStaticSampler

logging.getLogger("ABC").setLevel("ERROR")
kind, port, password, sleep, population = sys.argv[1:6]
sleep, epsilon = float(sleep), [float(x) for x in sys.argv[6:]]


def model(p):
    if sleep:
        time.sleep(sleep)
    return {"x": p["mu"] + 0.5 * np.random.randn()}


def distance(x, y):
    return abs(x["x"] - y["x"])


sampler = (RedisStaticSampler if kind == "static" else RedisEvalParallelSampler)(
    host="127.0.0.1", port=int(port), password=password)
abc = pyabc.ABCSMC(model, pyabc.Distribution(mu=pyabc.RV("uniform", 0, 5)), distance,
                   population_size=int(population), eps=pyabc.ListEpsilon(epsilon),
                   sampler=sampler)
abc.new("sqlite:///" + os.path.join(tempfile.mkdtemp(), "x.db"), {"x": 2.5})
begin = time.perf_counter()
h = abc.run(max_nr_populations=len(epsilon))
seconds = time.perf_counter() - begin
d, w = h.get_distribution()
print("done", h.total_nr_simulations, seconds, float(np.sum(d["mu"].values * w)), flush=True)
