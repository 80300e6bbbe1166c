"""Shared command line of the generators: GEN.py graph N outdir [--cmd trunc|touch|cp|cat|sleep]"""
import argparse
import os

import graphs

CMD = {  # out, in(s)
    "trunc": ": > {o}",
    "touch": "touch {o}",
    "cp": "cat {i} > {o}",
}


def parse():
    ap = argparse.ArgumentParser()
    ap.add_argument("graph", choices=["one", "wide", "chain", "layers", "diamond"])
    ap.add_argument("n", type=int)
    ap.add_argument("outdir")
    ap.add_argument("--cmd", choices=sorted(CMD), default="trunc")
    ap.add_argument("--style", default="explicit", help="make: explicit|pattern; others ignore it")
    ap.add_argument("--no-sources", action="store_true")
    a = ap.parse_args()
    os.makedirs(a.outdir, exist_ok=True)
    src, jobs, targets = graphs.graph(a.graph, a.n)
    if not a.no_sources:
        made = set()
        for s in src:
            p = os.path.join(a.outdir, s)
            d = os.path.dirname(p)
            if d not in made:
                os.makedirs(d, exist_ok=True)
                made.add(d)
            fd = os.open(p, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
            os.write(fd, b"x\n")
            os.close(fd)
    return a, src, jobs, targets


def outdirs(jobs):
    return sorted({os.path.dirname(o) for _, o, _ in jobs if os.path.dirname(o)})
