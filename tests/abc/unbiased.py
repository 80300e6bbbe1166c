#!/usr/bin/env python3
"""Run times that depend on the parameter must not move the posterior.

unbiased.py CWABC BINOMIAL.so: simulations with p above 0.6 take ten times as long. With
32 workers for 100 particles, taking the first to finish would give a mean of 0.658 and
less with more workers; exact is 2/3.
"""
import json
import math
import os
import subprocess
import sys
import tempfile

cwabc, library = sys.argv[1:3]
means = []
with tempfile.TemporaryDirectory() as dir:
    for seed in range(1, 13):
        path, db = os.path.join(dir, "p.yaml"), os.path.join(dir, f"{seed}.db")
        with open(path, "w") as f:
            f.write(f"""seed: {seed}
models:
  binomial:
    simulator: {{library: {library}}}
    parameters: {{p: {{uniform: [0, 1]}}}}
observed: {{y: 7}}
epsilon: [1]
population: 100
""")
        subprocess.run([cwabc, "run", path, "-q", "-o", db, "-j", "32", "--batch", "1"],
                       check=True, env={**os.environ, "SLEEP_US": "5000"})
        out = subprocess.run([cwabc, "show", db, "--json"], check=True,
                             stdout=subprocess.PIPE).stdout
        g = json.loads(out)["generations"][0]
        means.append(g["models"]["binomial"]["parameters"]["p"]["mean"])
mean = sum(means) / len(means)
error = 0.14618 / math.sqrt(100 * len(means))
print(f"mean {mean:.4f}, exact 0.6667, standard error {error:.4f}")
sys.exit(abs(mean - 2 / 3) > 3 * error)
