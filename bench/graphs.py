"""The benchmark graphs, engine-neutral.

graph(name, n) returns (sources, jobs, targets):
  sources: iterable of leaf file names
  jobs:    iterable of (rule, output, [inputs]) in topological order
  targets: final file names
Each can be iterated many times (they are small classes, not generators),
and the random layers are seeded, so that all engines get the same graph.

  one           1 source -> 1 job
  wide    N     data/i.txt -> processed/i.dat (N jobs) -> result.txt (1 job)
  chain   N     c/0.t -> c/1.t -> ... -> c/N.t
  layers  N     N/1000 layers of 1000 jobs, 3 random inputs each, -> result.txt
  diamond N     source.txt -> a/i.t (N/2 jobs) -> b/i.t (N/2 jobs) -> result.txt
"""
import random


class _It:
    def __init__(self, f):
        self.f = f

    def __iter__(self):
        return self.f()


def layer_inputs(layers, width, k=3, seed=1):
    rng = random.Random(seed)
    for lay in range(1, layers + 1):
        for m in range(width):
            yield lay, m, rng.sample(range(width), k)


def graph(name, n, width=1000):
    if name == "one":
        return ["data/0.txt"], [("proc", "processed/0.dat", ["data/0.txt"])], ["processed/0.dat"]
    if name == "wide":
        def jobs():
            for i in range(n):
                yield "proc", f"processed/{i}.dat", [f"data/{i}.txt"]
            yield "gather", "result.txt", [f"processed/{i}.dat" for i in range(n)]
        return _It(lambda: (f"data/{i}.txt" for i in range(n))), _It(jobs), ["result.txt"]
    if name == "chain":
        def jobs():
            for i in range(1, n + 1):
                yield "step", f"c/{i}.t", [f"c/{i-1}.t"]
        return ["c/0.t"], _It(jobs), [f"c/{n}.t"]
    if name == "layers":
        layers = n // width

        def jobs():
            for lay, m, ins in layer_inputs(layers, width):
                yield "mix", f"L{lay}/{m}.t", [f"L{lay-1}/{j}.t" for j in ins]
            yield "gather", "result.txt", [f"L{layers}/{m}.t" for m in range(width)]
        return _It(lambda: (f"L0/{m}.t" for m in range(width))), _It(jobs), ["result.txt"]
    if name == "diamond":
        half = n // 2

        def jobs():
            for i in range(half):
                yield "left", f"a/{i}.t", ["source.txt"]
            for i in range(half):
                yield "right", f"b/{i}.t", [f"a/{i}.t"]
            yield "gather", "result.txt", [f"b/{i}.t" for i in range(half)]
        return ["source.txt"], _It(jobs), ["result.txt"]
    raise SystemExit(f"unknown graph {name}")
