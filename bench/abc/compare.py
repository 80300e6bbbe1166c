#!/usr/bin/env python3
"""cwabc beside pyABC, and beside itself: ratios, measured in turns on one machine.

compare.py BUILD [PYTHON_WITH_PYABC | --alone]
"""
import os
import subprocess
import sys
import tempfile
import time

import peers

build = os.path.abspath(sys.argv[1])
python = None if "--alone" in sys.argv else peers.python_with(
    ["pyabc"], sys.argv[2] if len(sys.argv) > 2 else None)
here = os.path.dirname(os.path.abspath(__file__))
cwabc = os.path.join(build, "bin/cwabc")
dir = tempfile.mkdtemp()


def compiled(source, *flags):
    out = os.path.join(dir, source.replace(".c", ".so" if "-shared" in flags else ""))
    subprocess.run(["cc", "-O2", *flags, "-I", os.path.join(build, "include"),
                    os.path.join(here, source), "-o", out, "-lm"], check=True)
    return out


def problem(name, simulator, parameters, observed, epsilon, population):
    path = os.path.join(dir, name + ".yaml")
    with open(path, "w") as f:
        f.write(f"seed: 1\nmodels:\n  m:\n    simulator: {simulator}\n    parameters: "
                f"{parameters}\nobserved: {observed}\nepsilon: {epsilon}\n"
                f"population: {population}\n")
    return path


def seconds(path, *options, repeats=5, **env):
    times = []
    for _ in range(repeats):
        db = path + ".db"
        if os.path.exists(db):
            os.unlink(db)
        start = time.perf_counter()
        subprocess.run([cwabc, "run", path, "-q", "-o", db, *options], check=True,
                       env={**os.environ, **env})
        times.append(time.perf_counter() - start)
    return min(times)


def evaluations(path):
    rows = subprocess.run([cwabc, "show", path + ".db"], check=True, stdout=subprocess.PIPE,
                          text=True).stdout.split("\n")[1:]
    total = 0
    for row in rows:
        words = row.split()
        if len(words) != 7:
            break
        total += int(words[3])
    return total


height = problem("height", "{builtin: normal_mean_sd, n: 30}",
                 "{mu: {uniform: [150, 200]}, sigma: {uniform: [5, 25]}}",
                 "{mean: 168.9059, sd: 13.34486}", "[10, 5, 2, 1]", 500)
first = seconds(height, repeats=20)
if python:
    out = subprocess.run([python, os.path.join(here, "pyabc_height.py")], check=True,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    print(out.rsplit("\n", 2)[0])
    peer = float(out.split()[-1])
    own = min(first, seconds(height, repeats=20))
    print(f"height problem: {1000 * own:.1f} ms; pyABC's fastest local sampler takes "
          f"{peer / own:.0f} times as long")
else:
    print(f"height problem: {1000 * first:.1f} ms")

busy = compiled("busy.c", "-fPIC", "-shared")
p = problem("busy10", f"{{library: {busy}}}", "{mu: {uniform: [0, 5]}}", "{x: 2.5}", "[0.02]", 800)
one = seconds(p, "--sampler", "single", repeats=3, BUSY_US="10")
two = seconds(p, "--sampler", "dynamic", "-j", "2", repeats=3, BUSY_US="10")
print(f"10 us a simulation: dynamic -j 2 is {one / two:.2f} times as fast as single")

p = problem("busy1000", f"{{library: {busy}}}", "{mu: {uniform: [0, 5]}}", "{x: 2.5}", "[9]", 3000)
empty = seconds(p, "--sampler", "single", repeats=3)
full = seconds(p, "--sampler", "single", repeats=3, BUSY_US="1000")
n = evaluations(p)
print(f"1 ms a simulation: {n} evaluations in {full:.3f} s, "
      f"{100 * (full - n * 0.001) / full:.2f}% over the simulations ({empty:.3f} s without them)")

lines = compiled("lines.c")
p = problem("lines", f"{{command: [{lines}]}}", "{p: {uniform: [0, 1]}}", "{y: 1}", "[0.002]", 1000)
t = seconds(p, repeats=3)
print(f"line protocol: {evaluations(p) / t:,.0f} evaluations a second")
p = problem("built", "{builtin: normal_mean_sd, n: 30}",
            "{mu: {uniform: [150, 200]}, sigma: {uniform: [5, 25]}}",
            "{mean: 168.9059, sd: 13.34486}", "[0.3]", 500)
t = seconds(p, repeats=3)
print(f"30 normals, built in: {evaluations(p) / t:,.0f} evaluations a second")
subprocess.run(["rm", "-rf", dir])
