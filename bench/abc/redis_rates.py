#!/usr/bin/env python3
"""Evaluations a second over Redis with two workers: cwabc beside pyABC, in turns.

redis_rates.py BUILD [PYTHON_WITH_PYABC]
A cheap model and one of 20 ms; the target is 20 times pyABC's rate for the first and 95% of
the ideal (100 a second) for the second.
"""
import json
import os
import subprocess
import sys
import time

import peers

build = os.path.abspath(sys.argv[1])
python = peers.python_with(["pyabc"], sys.argv[2] if len(sys.argv) > 2 else None)
cwabc = os.path.join(build, "bin/cwabc")
redis = peers.Redis()
dir = peers.folder()
sleeper = peers.library(build, "sleeper")
rounds = 3


def problem(name, simulator, population, epsilon):
    path = os.path.join(dir, name + ".yaml")
    with open(path, "w") as f:
        f.write(f"seed: 1\nmodels:\n  m:\n    simulator: {simulator}\n    parameters: "
                f"{{mu: {{uniform: [0, 5]}}}}\nobserved: {{x: 2.5}}\nepsilon: {epsilon}\n"
                f"population: {population}\n")
    return path


def our_rate(path, sleep_us):
    """Evaluations of the populations a second: two workers there, master started and ended."""
    env = {**redis.env, "SLEEP_US": str(sleep_us)}
    address = ["--host", redis.host, "--port", redis.port]
    workers = [peers.start([cwabc, "worker", path, "-q", *address], env=env) for _ in range(2)]
    time.sleep(0.5)
    db = path + ".db"
    begin = time.perf_counter()
    subprocess.run([cwabc, "run", path, "-q", "-o", db, "--sampler", "redis", *address],
                   env=env, check=True)
    seconds = time.perf_counter() - begin
    for p in workers:
        p.terminate()
        p.wait()
    shown = json.loads(subprocess.run([cwabc, "show", db, "--json"], check=True,
                                      stdout=subprocess.PIPE).stdout)
    os.unlink(db)
    return sum(g["evaluations"] for g in shown["generations"]) / seconds


def their_rate(sleep, population, epsilon):
    bin = os.path.dirname(python)
    workers = [peers.start([os.path.join(bin, "abc-redis-worker"), "--port", redis.port,
                            "--password", redis.password, "--runtime", "1h"],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
               for _ in range(2)]
    time.sleep(6)
    out = subprocess.run([python, os.path.join(peers.here, "pyabc_master.py"), "dynamic",
                          redis.port, redis.password, str(sleep), str(population), *epsilon],
                         check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                         text=True).stdout.split()
    for p in workers:
        p.kill()
        p.wait()
    return int(out[1]) / float(out[2])


def compare(what, path, sleep, population, epsilon, judge):
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(our_rate(path, int(sleep * 1e6)))
        theirs.append(their_rate(sleep, population, epsilon))
        print(f"# {what}: cwabc {ours[-1]:,.1f}, pyABC {theirs[-1]:,.1f} a second "
              f"({peers.load()})", flush=True)
    print(judge(max(ours), max(theirs)), flush=True)


library = f"{{library: {sleeper}}}"
compare("cheap model", problem("cheap", library, 20000, "[0.01]"), 0, 25, ["0.01"],
        lambda a, b: f"cheap model: {a:,.0f} evaluations a second, pyABC {b:,.0f}: "
                     f"{a / b:.0f} times")
compare("20 ms model", problem("slow", library, 300, "[1]"), 0.02, 300, ["1"],
        lambda a, b: f"20 ms model: {a:.1f} evaluations a second, pyABC {b:.1f}; "
                     f"{a:.1f}% of the ideal of 100, pyABC {b:.1f}%")
