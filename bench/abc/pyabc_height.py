"""The height problem with pyABC: seconds of the fastest of its local samplers."""
import logging
import os
import tempfile
import time

import numpy as np
import pyabc

logging.getLogger("ABC").setLevel("WARNING")


def model(p):
    x = np.random.normal(p["mu"], p["sigma"], 30)
    return {"mean": x.mean(), "sd": x.std(ddof=1)}


def distance(x, y):
    return ((x["mean"] - y["mean"]) ** 2 + (x["sd"] - y["sd"]) ** 2) ** 0.5


prior = pyabc.Distribution(mu=pyabc.RV("uniform", 150, 50), sigma=pyabc.RV("uniform", 5, 20))
best = float("inf")
for sampler in [pyabc.sampler.SingleCoreSampler(), pyabc.sampler.MulticoreEvalParallelSampler(2),
                pyabc.sampler.MulticoreParticleParallelSampler(2)]:
    abc = pyabc.ABCSMC(model, prior, distance, population_size=500,
                       eps=pyabc.ListEpsilon([10, 5, 2, 1]), sampler=sampler)
    abc.new("sqlite:///" + os.path.join(tempfile.mkdtemp(), "x.db"),
            {"mean": 168.9059, "sd": 13.34486})
    start = time.perf_counter()
    h = abc.run(max_nr_populations=4)
    seconds = time.perf_counter() - start
    print(f"# pyABC {pyabc.__version__} {type(sampler).__name__}: {seconds:.2f} s, "
          f"{h.total_nr_simulations} simulations", flush=True)
    best = min(best, seconds)
print(best)
