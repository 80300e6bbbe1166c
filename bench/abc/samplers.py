#!/usr/bin/env python3
"""What each sampler costs: seconds of a run of nothing, evaluations a second of a model that
costs nothing, and the share of the ideal with models of 1, 20 and 200 ms (two workers).

samplers.py BUILD
"""
import json
import os
import shutil
import subprocess
import sys
import time

import peers

build = os.path.abspath(sys.argv[1])
cwabc = os.path.join(build, "bin/cwabc")
dir = peers.folder()
sleeper = peers.library(build, "sleeper")
pool = os.path.join(peers.here, "../../examples/abc/bridges/pool.py")
redis = peers.Redis() if shutil.which("redis-server") else None
mpirun = shutil.which("mpirun") if os.path.exists(cwabc + "-mpi") else None
env = {**(redis.env if redis else os.environ), "OMPI_ALLOW_RUN_AS_ROOT": "1",
       "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1"}


def problem(name, population, epsilon):
    path = os.path.join(dir, name + ".yaml")
    with open(path, "w") as f:
        f.write(f"seed: 1\nmodels:\n  m:\n    simulator: {{library: {sleeper}}}\n"
                "    parameters: {mu: {uniform: [0, 5]}}\nobserved: {x: 2.5}\n"
                f"epsilon: [{epsilon}]\npopulation: {population}\n")
    return path


# name, workers, command before, options
samplers = [("single", 1, [cwabc], ["--sampler", "single"]),
            ("dynamic", 2, [cwabc], ["-j", "2"]),
            ("static", 2, [cwabc], ["-j", "2", "--sampler", "static"])]
if redis:
    address = ["--host", redis.host, "--port", redis.port]
    samplers.append(("redis", 2, [cwabc], ["--sampler", "redis", *address]))
if mpirun:
    samplers.append(("mpi", 2, [mpirun, "-n", "3", cwabc + "-mpi"], []))
samplers.append(("map", 2, [cwabc], ["--sampler", "map", "-j", "2", "--map-command",
                                     f"{pool} 2 {{evaluate}}"]))
# seconds of a simulation: particles, epsilon
cases = [("nothing", 0, problem("nothing", 1, 10)),
         ("rate", 0, problem("rate", 10000, 0.01)),
         ("1 ms", 0.001, problem("ms1", 1600, 1)),
         ("20 ms", 0.02, problem("ms20", 100, 1)),
         ("200 ms", 0.2, problem("ms200", 20, 1))]


def measure(sampler, case):
    name, workers, program, options = sampler
    what, seconds, path = case
    here = {**env, "SLEEP_US": str(int(seconds * 1e6))}
    started = []
    if name == "redis":
        started = [peers.start([cwabc, "worker", path, "-q", *address], env=here)
                   for _ in range(workers)]
        time.sleep(0.5)
    best = None
    for _ in range(3 if seconds < 0.1 else 1):
        db = path + ".db"
        begin = time.perf_counter()
        subprocess.run([*program, "run", path, "-q", "-o", db, *options], env=here, check=True,
                       stdout=subprocess.DEVNULL)
        took = time.perf_counter() - begin
        shown = json.loads(subprocess.run([cwabc, "show", db, "--json"], check=True,
                                          stdout=subprocess.PIPE).stdout)
        os.unlink(db)
        n = sum(g["evaluations"] for g in shown["generations"])
        value = took if what == "nothing" else (
            n / took if what == "rate" else n * seconds / workers / took)
        best = value if best is None else (min if what == "nothing" else max)(best, value)
    for p in started:
        p.terminate()
        p.wait()
    if what == "nothing":
        return f"{1000 * best:.0f} ms"
    return f"{best:,.0f}" if what == "rate" else f"{100 * best:.0f}%"


print(f"# {peers.load()}")
print("| sampler | a run of one evaluation | evaluations a second, model of nothing | "
      "1 ms | 20 ms | 200 ms |\n| --- | --- | --- | --- | --- | --- |")
for sampler in samplers:
    print(f"| {sampler[0]} | " + " | ".join(measure(sampler, c) for c in cases) + " |",
          flush=True)
