#!/usr/bin/env python3
"""pyABC reads RUN.db and goes on from it.

pyabc_reads.py CWABC: to be run by a Python that has pyabc (exit status 77 where it has
not). Loads databases of one and of two models, with vector and with scalar statistics,
compares populations with `show --csv`, and lets ABCSMC.load() add a generation.
"""
import csv
import io
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import pyabc
except ImportError:
    print("pyabc is not installed: skipped")
    sys.exit(77)

cwabc = sys.argv[1]
from pyabc.storage.history import __db_version__ as pyabc_format  # noqa: E402

here = os.path.dirname(os.path.abspath(__file__))


def check(db, models):
    rows = list(csv.DictReader(io.StringIO(subprocess.run(
        [cwabc, "show", db, "--csv"], check=True, stdout=subprocess.PIPE, text=True).stdout)))
    h = pyabc.History("sqlite:///" + db, create=False)
    generations = sorted({int(r["t"]) for r in rows})
    assert h.max_t == generations[-1], (h.max_t, generations)
    populations = h.get_all_populations()
    assert list(populations.t) == [-1] + generations
    for t in generations:
        probabilities = h.get_model_probabilities(t)
        for m, name in enumerate(models):
            mine = [r for r in rows if int(r["t"]) == t and r["model"] == name]
            if not mine:
                continue
            assert abs(probabilities.loc[m, "p"] - float(mine[0]["p_model"])) == 0
            df, w = h.get_distribution(m=m, t=t)
            assert len(df) == len(mine)
            for name in df.columns:
                assert list(df[name]) == [float(r[name]) for r in mine], name
            assert np.allclose(w, [float(r["w"]) for r in mine], rtol=1e-12, atol=0)
        distances = h.get_weighted_distances(t)
        assert sorted(distances.distance) == sorted(
            float(r["distance"]) for r in rows if int(r["t"]) == t)
    assert h.observed_sum_stat()
    h.get_population_extended()
    return h


with tempfile.TemporaryDirectory() as dir:
    for store in ["vector", "scalars"]:
        problem = os.path.join(dir, store + ".yaml")
        with open(os.path.join(here, "problems/height.yaml")) as f, open(problem, "w") as g:
            g.write(f.read() + f"store: {store}\npyabc_format: {pyabc_format}\n")
        db = os.path.join(dir, store + ".db")
        subprocess.run([cwabc, "run", problem, "-q", "-o", db], check=True)
        h = check(db, ["height"])
        observed = h.observed_sum_stat()
        print(store, "observed", observed)
        assert set(observed) == ({"data"} if store == "vector" else {"mean", "sd"})

    db = os.path.join(dir, "models.db")
    with open(os.path.join(here, "problems/models.yaml")) as f, \
            open(os.path.join(dir, "models.yaml"), "w") as g:
        g.write(f.read() + f"pyabc_format: {pyabc_format}\n")
    subprocess.run([cwabc, "run", os.path.join(dir, "models.yaml"), "-q", "-o", db], check=True)
    check(db, ["poisson", "geometric"])

    # Going on: pyABC makes generation 4 of the height problem.
    def model(p):
        x = np.random.normal(p["mu"], p["sigma"], 30)
        return {"data": np.array([x.mean(), x.std(ddof=1)])}

    def distance(x, x0):
        return float(np.linalg.norm(x["data"] - x0["data"]))

    prior = pyabc.Distribution(mu=pyabc.RV("uniform", 150, 50), sigma=pyabc.RV("uniform", 5, 20))
    abc = pyabc.ABCSMC(model, prior, distance, population_size=100,
                       eps=pyabc.ListEpsilon([10, 5, 2, 1, 0.9]),
                       sampler=pyabc.sampler.SingleCoreSampler())
    abc.load("sqlite:///" + os.path.join(dir, "vector.db"))
    history = abc.run(max_nr_populations=1)
    assert history.max_t == 4
    print("pyABC", pyabc.__version__, "went on to generation", history.max_t)
