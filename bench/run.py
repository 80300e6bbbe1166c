#!/usr/bin/env python3
"""Engines side by side on the same graph: medians and ratios to cwflow.

  bench/run.py --work DIR [--graph wide] [-n 10000] [--phases plan,run,noop,inc,dot]
               [--engines cwflow,ninja,make,...] [-r 5] [-j 2] [--json F] [--svg F]

Phases: plan (dry run, everything to do), run (everything), noop (nothing to do), inc (one
source touched, then the same), dot (the graph as text), start (--version). In each round
the engines take turns, so that a slow minute of the machine hits all of them. Engines
that are not installed are skipped, and said. Outputs are moved aside between runs, not
deleted: ext4 creates files slowly for minutes after a large removal.

The column `others` is how many cores everybody else used meanwhile (bench/mrun.c).
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
GENERATOR = {"samu": "ninja", "cwflow-sh": "cwflow", "snakemake-greedy": "snakemake"}
PROGRAM = {"cwflow-sh": "cwflow", "snakemake-greedy": "snakemake"}
STYLE = {"cwflow-sh": "sh"}
TOUCH = {"wide": "data/7.txt", "layers": "L0/7.t", "chain": "c/0.t", "one": "data/0.txt",
         "diamond": "source.txt"}
MADE = ["processed", "result.txt", "a", "b", ".ninja_log", ".ninja_deps", ".cwflow",
        ".snakemake", ".tup"]


def commands(engine, prog, j):
    """phase -> words"""
    run = [prog, "-j", str(j)]
    if engine in ("ninja", "samu"):
        return {"plan": [prog, "-n"], "run": run, "noop": run, "dot": [prog, "-t", "graph"],
                "start": [prog, "--version"]}
    if engine == "make":
        return {"plan": [prog, "-n"], "run": run, "noop": run, "start": [prog, "--version"]}
    if engine == "makeflow":
        run = [prog, "-T", "local", "-j", str(j), "Makeflow"]
        return {"plan": [prog, "-T", "dryrun", "Makeflow"], "run": run, "noop": run,
                "start": [prog, "--version"]}
    if engine == "tup":
        return {"plan": [prog, "parse", "--quiet"], "run": [prog, "upd", "--quiet"],
                "noop": [prog, "upd", "--quiet"], "dot": [prog, "graph", "."],
                "start": [prog, "--version"]}
    if engine.startswith("snakemake"):
        more = ["--scheduler", "greedy"] if engine.endswith("greedy") else []
        return {"plan": [prog, "-n", "-q"], "run": run + ["-q"] + more,
                "noop": run + ["-q"] + more, "dot": [prog, "--dag"],
                "start": [prog, "--version"]}
    return {"plan": [prog, "-n", "-q"], "run": run + ["-q"], "noop": run + ["-q"],
            "dot": [prog, "--dag"], "start": [prog, "--version"]}


def put_aside(folder, graph):
    """Moves away what a run made, keeping the sources."""
    aside = tempfile.mkdtemp(prefix="aside-", dir=os.path.dirname(folder))
    names = list(MADE)
    if graph == "layers":
        names += [d for d in os.listdir(folder) if d[0] == "L" and d != "L0"]
    for name in names:
        if os.path.lexists(os.path.join(folder, name)):
            os.rename(os.path.join(folder, name), os.path.join(aside, name))
    if graph == "chain":
        os.rename(os.path.join(folder, "c"), os.path.join(aside, "c"))
        os.mkdir(os.path.join(folder, "c"))
        shutil.copy(os.path.join(aside, "c", "0.t"), os.path.join(folder, "c", "0.t"))


def out_folders(engine, folder, graph, n):
    """make, ninja's peers without mkdir of their own."""
    if engine not in ("make", "makeflow", "tup"):
        return
    made = {"wide": ["processed"], "one": ["processed"], "diamond": ["a", "b"],
            "layers": ["L%d" % i for i in range(1, n // 1000 + 1)]}.get(graph, [])
    for d in made:
        os.makedirs(os.path.join(folder, d), exist_ok=True)


class Bench:
    def __init__(self, a):
        self.a = a
        self.mrun = os.path.join(a.work, "mrun")
        subprocess.check_call(["cc", "-O2", "-w", os.path.join(HERE, "mrun.c"), "-lrt",
                               "-o", self.mrun])
        self.programs = dict(x.split("=", 1) for x in a.bin)

    def program(self, engine):
        name = PROGRAM.get(engine, engine)
        return self.programs.get(name) or shutil.which(name)

    def folder(self, engine):
        kind = GENERATOR.get(engine, engine)
        path = os.path.join(self.a.work, "%s-%s-%d-%s" % (
            engine, self.a.graph, self.a.n, self.a.cmd))
        if not os.path.exists(path + ".ok"):
            subprocess.check_call([sys.executable, os.path.join(HERE, "gen_%s.py" % kind),
                                   self.a.graph, str(self.a.n), path, "--cmd", self.a.cmd,
                                   "--style", STYLE.get(engine, "explicit")])
            open(path + ".ok", "w").close()
        if kind == "tup" and not os.path.isdir(os.path.join(path, ".tup")):
            subprocess.call(["tup", "init", "--no-sync", "--force"], cwd=path,
                            stdout=subprocess.DEVNULL)
        return path

    def once(self, engine, phase):
        """One measured run: mrun's record, or None where the engine has no such phase."""
        argv = commands(engine, self.program(engine), self.a.j).get(
            "noop" if phase == "inc" else phase)
        if not argv:
            return None
        folder = self.folder(engine)
        if phase in ("plan", "run"):
            put_aside(folder, self.a.graph)
        out_folders(engine, folder, self.a.graph, self.a.n)
        if phase == "inc":
            os.utime(os.path.join(folder, TOUCH[self.a.graph]))
        result = os.path.join(self.a.work, "last.json")
        if os.path.exists(result):
            os.unlink(result)
        subprocess.call([self.mrun, "-t", str(self.a.timeout), "-m", "16000", "-C", folder,
                         "-o", result, "-l", engine, "--"] + argv,
                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(result) as f:
            record = json.loads(f.readline())
        return None if record["rc"] != 0 or record["killed"] else record

    def phase(self, phase, engines):
        runs = {e: [] for e in engines}
        for _ in range(self.a.r):
            for e in engines:
                record = self.once(e, phase)
                if record:
                    runs[e].append(record)
        return {e: summary(r) for e, r in runs.items() if r}


def summary(records):
    walls = [r["wall"] for r in records]
    return {"wall": statistics.median(walls), "least": min(walls), "most": max(walls),
            "cpu": statistics.median(r["user"] + r["sys"] for r in records),
            "rss_mb": max(r["maxrss_kb"] for r in records) / 1024, "runs": len(records),
            "others": statistics.median(r["other_cpu"] / max(r["wall"], 1e-9)
                                        for r in records)}


def table(graph, n, phase, results):
    ours = results.get("cwflow", {}).get("wall")
    print("\n%s, N = %s, %s" % (graph, format(n, ","), phase))
    print("%-18s %10s %21s %8s %8s %8s %6s" % (
        "engine", "wall s", "(min-max)", "cpu s", "RSS MB", "ratio", "others"))
    for engine, r in sorted(results.items(), key=lambda kv: kv[1]["wall"]):
        ratio = "%.2f" % (r["wall"] / ours) if ours else "-"
        print("%-18s %10.4f %21s %8.3f %8.0f %8s %6.2f" % (
            engine, r["wall"], "(%.4f-%.4f)" % (r["least"], r["most"]), r["cpu"],
            r["rss_mb"], ratio, r["others"]))


def picture(path, title, everything):
    """Bars of wall time on a logarithmic axis, a group a phase."""
    import math
    rows = [(p, e, r["wall"]) for p, res in everything.items()
            for e, r in sorted(res.items(), key=lambda kv: kv[1]["wall"])]
    if not rows:
        return
    low = math.floor(math.log10(min(w for _, _, w in rows)))
    high = math.ceil(math.log10(max(w for _, _, w in rows)))
    left, width, step = 190, 520, 20
    y, last, out = 50, None, []
    for phase, engine, wall in rows:
        if phase != last:
            y += 14
            out.append('<text x="12" y="%d" font-weight="bold">%s</text>' % (y + 13, phase))
            last = phase
        x = (math.log10(wall) - low) / max(high - low, 1) * width
        colour = "#1f6f8b" if engine.startswith("cwflow") else "#b9c4c9"
        out.append('<text x="%d" y="%d" text-anchor="end">%s</text>' % (left - 8, y + 13, engine))
        out.append('<rect x="%d" y="%d" width="%.1f" height="%d" rx="2" fill="%s"/>' % (
            left, y + 2, max(x, 2), step - 6, colour))
        out.append('<text x="%.1f" y="%d" fill="#444">%s</text>' % (
            left + max(x, 2) + 6, y + 13, "%.3g s" % wall))
        y += step
    axis = ['<line x1="%.1f" y1="44" x2="%.1f" y2="%d" stroke="#e3e8ea"/>'
            '<text x="%.1f" y="%d" text-anchor="middle" fill="#777">%s s</text>' % (
                left + (d - low) / max(high - low, 1) * width,
                left + (d - low) / max(high - low, 1) * width, y + 6,
                left + (d - low) / max(high - low, 1) * width, y + 22, "%g" % 10 ** d)
            for d in range(low, high + 1)]
    with open(path, "w") as f:
        f.write('<svg xmlns="http://www.w3.org/2000/svg" width="840" height="%d" '
                'font-family="sans-serif" font-size="12">\n<rect width="100%%" height="100%%" '
                'fill="white"/>\n<text x="12" y="26" font-size="16">%s</text>\n%s\n%s\n</svg>\n'
                % (y + 36, title, "\n".join(axis), "\n".join(out)))


def main():
    ap = argparse.ArgumentParser(description=__doc__,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--work", required=True, help="a folder for graphs and outputs (tmpfs is best)")
    ap.add_argument("--graph", default="wide")
    ap.add_argument("-n", type=int, default=10000)
    ap.add_argument("--phases", default="plan,run,noop,inc,dot")
    ap.add_argument("--engines", default="cwflow,cwflow-sh,ninja,samu,make,makeflow,tup,snakemake")
    ap.add_argument("--bin", action="append", default=[], help="ENGINE=PATH")
    ap.add_argument("--cmd", default="trunc")
    ap.add_argument("-r", type=int, default=5, help="rounds")
    ap.add_argument("-j", type=int, default=2)
    ap.add_argument("--timeout", type=float, default=600)
    ap.add_argument("--json")
    ap.add_argument("--svg")
    a = ap.parse_args()
    os.makedirs(a.work, exist_ok=True)
    bench = Bench(a)
    engines = [e for e in a.engines.split(",") if bench.program(e)]
    missing = [e for e in a.engines.split(",") if e not in engines]
    if missing:
        print("not installed, skipped: " + ", ".join(missing))
    everything = {}
    for phase in a.phases.split(","):
        everything[phase] = bench.phase(phase, engines)
        table(a.graph, a.n, phase, everything[phase])
    if a.json:
        with open(a.json, "w") as f:
            json.dump({"graph": a.graph, "n": a.n, "cmd": a.cmd, "j": a.j,
                       "phases": everything}, f, indent=1)
    if a.svg:
        picture(a.svg, "%s graph, %s jobs: wall time (less is better)" % (
            a.graph, format(a.n, ",")), everything)


if __name__ == "__main__":
    main()
