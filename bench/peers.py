"""Other engines on the same graph: what they are called, how they plan and run, and a picture
of how long each took. For all.py."""
import math
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
MADE = ["processed", "result.txt", "a", "b", ".ninja_log", ".ninja_deps", ".cwflow",
        ".snakemake", ".tup", "Makeflow.makeflowlog"]
# the largest wide graphs that end within minutes; others take any
MOST = {"makeflow": {"plan": 1000, "run": 1000, "noop": 1000},
        "tup": {"plan": 10000, "run": 10000, "noop": 10000},
        "snakemake": {"plan": 10000, "run": 1000, "noop": 1000}}
PHASES = ("plan", "run", "noop")


def version(prog):
    """The last word of the first line that says one."""
    r = subprocess.run([prog, "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       stdin=subprocess.DEVNULL, universal_newlines=True)
    words = [w.strip("v,()") for w in r.stdout.split() if any(c.isdigit() for c in w)]
    return words[0] if words else "?"


class Engine:
    """One engine: `kind` is its language and the generator of its graphs."""

    def __init__(self, kind, prog, style="explicit", name=None):
        self.kind, self.prog, self.style = kind, prog, style
        self.name = name or kind

    def most(self, phase):
        return MOST.get(self.kind, {}).get(phase, 10 ** 9)

    def argv(self, phase, j):
        prog, run = self.prog, [self.prog, "-j", str(j)]
        if self.kind == "ninja":
            return [prog, "-n"] if phase == "plan" else run
        if self.kind == "make":
            return [prog, "-n"] if phase == "plan" else run
        if self.kind == "makeflow":
            return ([prog, "-T", "dryrun", "Makeflow"] if phase == "plan" else
                    [prog, "-T", "local", "-j", str(j), "Makeflow"])
        if self.kind == "tup":
            return [prog, "parse" if phase == "plan" else "upd", "--quiet"]
        if self.kind == "snakemake":
            return ([prog, "-n", "-q"] if phase == "plan" else
                    run + ["--scheduler", "greedy", "-q"])
        return [prog, "-n", "-q"] if phase == "plan" else run + ["-q"]

    def generate(self, path, n, cmd="trunc"):
        subprocess.check_call([
            sys.executable, os.path.join(HERE, "gen_%s.py" % self.kind), "wide", str(n), path,
            "--cmd", cmd, "--style", self.style])
        self.prepare(path)

    def prepare(self, path):
        """Folders that it does not make itself; its database."""
        if self.kind in ("make", "makeflow", "tup"):
            os.makedirs(os.path.join(path, "processed"), exist_ok=True)
        if self.kind == "tup" and not os.path.isdir(os.path.join(path, ".tup")):
            subprocess.check_call([self.prog, "init", "--no-sync", "--force"], cwd=path,
                                  stdout=subprocess.DEVNULL)


def put_aside(folder, graph="wide"):
    """Moves away what a run made, keeping the sources."""
    aside = tempfile.mkdtemp(prefix="aside-", dir=os.path.dirname(folder))
    for name in MADE:
        if os.path.lexists(os.path.join(folder, name)):
            os.rename(os.path.join(folder, name), os.path.join(aside, name))
    if graph == "chain":
        os.rename(os.path.join(folder, "c"), os.path.join(aside, "c"))
        os.mkdir(os.path.join(folder, "c"))
        shutil.copy(os.path.join(aside, "c", "0.t"), os.path.join(folder, "c", "0.t"))
    return aside


def picture(path, title, everything):
    """Bars of wall time on a logarithmic axis, a group a phase: phase -> engine -> seconds."""
    rows = [(p, e, wall) for p, res in everything.items()
            for e, wall in sorted(res.items(), key=lambda kv: kv[1])]
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
