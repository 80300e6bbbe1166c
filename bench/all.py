#!/usr/bin/env python3
"""Every figure of docs/benchmarks.md in one run: measured, beside what is aimed at.

  bench/all.py --work DIR [--bin cwflow=PATH] [--snakemake PATH]... [--big 1000000]
               [--only plan,start,...] [--json F] [--markdown F] [--docs F] [--svg F]

DIR needs room for 2.1 files a job of the wide graph (tmpfs is best). Commands that are
compared run in turns. A row says what it is about, the target, what was measured, and
whether that is enough; then comes the same graph in the languages of all engines that are
installed, and what others took is given in times of cwflow's; a peer that is not installed is
said. --snakemake names one more Snakemake than the one on PATH. --docs puts both tables
into a document when all is measured, between lines `<!-- NAME -->` and `<!-- /NAME -->` (targets, peers). --big N
takes the large graphs smaller, for a try: then targets are scaled.

Half an hour with all peers on two cores, on a machine that does nothing else.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time

import peers

HERE = os.path.dirname(os.path.abspath(__file__))
TWO = """sets: {s: {from: 1, to: %d}}
rules:
  all: {input: {expand: "b/{s}.txt"}}
  one: {output: "a/{s}.txt", shell: "echo {s} > {output}"}
  two: {input: "a/{s}.txt", output: "b/{s}.txt", shell: "cp {input} {output}"}
"""
ONE = """sets: {s: {from: 1, to: %d}}
rules:
  all: {input: {expand: "b/{s}.txt"}}
  one: {output: "b/{s}.txt", shell: "echo {s} > {output}"}
"""
SMALL = """rules:
  a: {output: x, shell: "echo > x"}
"""
CYCLE = """rules:
  all: {input: "c/%d.t"}
  step: {input: "c/{i-1}.t", output: "c/{i,[1-9][0-9]*}.t", shell: ": > {output}"}
  first: {input: "c/%d.t", output: "c/0.t", shell: ": > {output}"}
"""


def median(values):
    return statistics.median(values)


def put_between(path, name, lines):
    """Replaces what stands between two marks of a document."""
    with open(path) as f:
        text = f.read()
    first, last = "<!-- %s -->\n" % name, "<!-- /%s -->\n" % name
    head, rest = text.split(first, 1)
    with open(path, "w") as f:
        f.write(head + first + "\n".join([""] + lines + ["", ""]) + last +
                rest.split(last, 1)[1])


def s(x):
    return "%.3g s" % x if x >= 0.1 else "%.3g ms" % (x * 1000)


class All:
    def __init__(self, a):
        self.a = a
        self.rows = []
        self.notes = []
        self.begin = time.time()
        os.makedirs(a.work, exist_ok=True)
        self.work = os.path.join(a.work, "bench-all-%d" % os.getpid())
        os.mkdir(self.work)
        # commands run in folders of their own
        self.bin = {k: os.path.abspath(v) for k, v in (x.split("=", 1) for x in a.bin)}
        self.cwflow = self.bin.get("cwflow") or shutil.which("cwflow")
        self.peers = {p: self.bin.get(p) or shutil.which(p)
                      for p in ("ninja", "samu", "make", "tup", "makeflow", "snakemake")}
        missing = [p for p, path in self.peers.items() if not path]
        self.engines = self.all_engines()
        self.notes.append("Beside: %s." % ", ".join(
            "%s %s" % (e.kind, peers.version(e.prog)) for e in self.engines
            if e.kind != "cwflow"))
        if missing:
            self.notes.append("Not installed, not measured: %s." % ", ".join(missing))
        self.whole = False  # all is measured: a document is not given half a table
        self.others = {}  # (N, phase) -> engine -> seconds
        self.tools = {}
        for name, more in (("mrun", ["-lrt"]), ("spawn_floor", ["-pthread"]),
                           ("stat_floor", ["-pthread"])):
            self.tools[name] = os.path.join(self.work, name)
            subprocess.check_call(["cc", "-O2", "-w", os.path.join(HERE, name + ".c")] +
                                  more + ["-o", self.tools[name]])

    def all_engines(self):
        """cwflow with its default shell and with a plain one; the others; each Snakemake."""
        found = [peers.Engine("cwflow", self.cwflow),
                 peers.Engine("cwflow", self.cwflow, "sh", "cwflow, sh")]
        for name in ("ninja", "samu", "make", "tup", "makeflow"):
            if self.peers[name]:
                kind = "ninja" if name == "samu" else name
                found.append(peers.Engine(kind, self.peers[name], name=name))
        for path in [self.peers["snakemake"]] + self.a.snakemake:
            if path:
                found.append(peers.Engine("snakemake", os.path.abspath(path),
                                          name="Snakemake " + peers.version(path)))
        return found

    # --- rows -------------------------------------------------------------------------
    def row(self, measure, target, measured, met, detail=None):
        self.rows.append({"measure": measure, "target": target, "measured": measured,
                          "met": met, "detail": detail})
        print("%-5s %s: %s (%s) [%.0f s]" % (
            {True: "met", False: "NOT", None: "-"}[met], measure, measured, target,
            time.time() - self.begin), flush=True)
        self.save()

    def save(self):
        table = ["| measure | target | measured | met |", "| --- | --- | --- | --- |"]
        others = self.table_of_peers()
        for r in self.rows:
            table.append("| %s | %s | %s | %s |" % (
                r["measure"], r["target"], r["measured"],
                {True: "yes", False: "no", None: "-"}[r["met"]]))
        if self.a.markdown:
            with open(self.a.markdown, "w") as f:
                f.write("\n".join(table + [""] + others + [""] + self.notes) + "\n")
        if self.a.docs and self.whole:
            day = time.strftime("On %Y-%m-%d. ")
            note = [""] + textwrap.wrap(day + " ".join(self.notes), 100)
            put_between(self.a.docs, "targets", table + note)
            put_between(self.a.docs, "peers", others)
        if self.a.json:
            with open(self.a.json, "w") as f:
                json.dump({"date": time.strftime("%Y-%m-%d"), "big": self.a.big,
                           "rows": self.rows, "notes": self.notes,
                           "peers": [{"n": n, "phase": phase, "seconds": r} for (n, phase), r
                                     in self.others.items()]}, f, indent=1)

    def table_of_peers(self):
        """Seconds of cwflow, and times of these for the others."""
        names = [e.name for e in self.engines if e.name != "cwflow"]
        table = ["| what | N | cwflow | %s |" % " | ".join(names),
                 "| --- | --- | --- |%s" % (" --- |" * len(names))]
        for (n, phase), r in self.others.items():
            if "cwflow" in r:
                table.append("| %s | %s | %s | %s |" % (
                    phase, format(n, ","), s(r["cwflow"]), " | ".join(
                        "%.3g" % (r[e] / r["cwflow"]) if e in r else "" for e in names)))
        return table

    # --- running ----------------------------------------------------------------------
    def once(self, folder, argv, env=None, wants=(0,)):
        """mrun's record of one command."""
        out = os.path.join(self.work, "last.json")
        if os.path.exists(out):
            os.unlink(out)
        subprocess.call([self.tools["mrun"], "-t", "600", "-m", "20000", "-C", folder, "-o",
                         out, "-l", "x", "--"] + argv, env=dict(os.environ, **(env or {})),
                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(out) as f:
            r = json.loads(f.readline())
        if r["rc"] not in wants or r["killed"]:
            raise RuntimeError("%s in %s: status %s %s" % (
                " ".join(argv), folder, r["rc"], r["killed"]))
        r["cpu"] = r["user"] + r["sys"]
        r["mb"] = r["maxrss_kb"] * 1024 / 1e6
        return r

    def turns(self, rounds, commands):
        """name -> (folder, argv[, before]) in turns: name -> median record"""
        records = {name: [] for name in commands}
        for _ in range(rounds):
            for name, (folder, argv, *before) in commands.items():
                for f in before:
                    f()
                records[name].append(self.once(folder, argv))
        return {name: {k: median([r[k] for r in rs]) for k in ("wall", "cpu", "mb")}
                for name, rs in records.items()}

    def folder(self, name, text=None):
        path = os.path.join(self.work, name)
        os.makedirs(path, exist_ok=True)
        if text is not None:
            with open(os.path.join(path, "Workflowfile"), "w") as f:
                f.write(text)
        return path

    def graph(self, graph, n, cmd="trunc", engines=("cwflow", "ninja"), style="explicit"):
        """One folder with the graph in the languages of these engines."""
        path = os.path.join(self.work, "%s-%d-%s-%s" % (graph, n, cmd, style))
        for i, e in enumerate(engines):
            subprocess.check_call(
                [sys.executable, os.path.join(HERE, "gen_%s.py" % e), graph, str(n), path,
                 "--cmd", cmd, "--style", style] + (["--no-sources"] if i else []))
        return path

    def aside(self, path, graph="wide"):
        """Puts what was made out of the way, and removes it: on a tmpfs that costs the next
        run nothing."""
        shutil.rmtree(peers.put_aside(path, graph))

    # --- the measures -----------------------------------------------------------------
    def start(self):
        d = self.folder("one", SMALL)
        argvs = {"true": ["/bin/true"], "version": [self.cwflow, "--version"],
                 "-n": [self.cwflow, "-n"]}
        if self.peers["ninja"]:
            argvs["ninja"] = [self.peers["ninja"], "--version"]
        times = {k: [] for k in argvs}
        null = os.open(os.devnull, os.O_RDWR)
        actions = [(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, null, 1),
                   (os.POSIX_SPAWN_DUP2, null, 2)]
        os.chdir(d)
        for _ in range(200):
            for k, argv in argvs.items():
                t = time.perf_counter()
                pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=actions)
                os.waitpid(pid, 0)
                times[k].append(time.perf_counter() - t)
        os.close(null)
        m = {k: median(v) for k, v in times.items()}
        for k, words in (("version", "start-up, `--version`"), ("-n", "start-up, `-n` on one rule")):
            more = m[k] - m["true"]
            self.row(words, "within 1 ms of `/bin/true`", "+%s (%s)" % (s(more), s(m[k])),
                     more <= 0.001, m)

    def plan(self):
        n = self.a.big
        self.wide = self.graph("wide", n)
        turns = {"cwflow": (self.wide, [self.cwflow, "-n", "-q"])}
        if self.peers["samu"]:
            turns["samu"] = (self.wide, [self.peers["samu"], "-n"])
        m = self.turns(3, turns)
        c = m["cwflow"]
        self.plan_wide = c
        self.row("plan of the wide graph, N = %s" % format(n, ","),
                 "<= %s" % s(1.0 * n / 1e6), s(c["wall"]), c["wall"] <= n / 1e6, m)
        if "samu" in m:
            r = c["wall"] / m["samu"]["wall"]
            self.row("the same beside samurai", "<= 0.25", "%.2f" % r, r <= 0.25, m)
        self.row("its memory", "<= 150 bytes a job", "%.0f" % (c["mb"] * 1e6 / n),
                 c["mb"] * 1e6 / n <= 150)

    def samples(self):
        n = self.a.big
        d = self.folder("two", TWO % n)
        c = self.turns(3, {"c": (d, [self.cwflow, "-n", "-q"])})["c"]
        self.row("two rules, %s samples, no sources" % format(n, ","),
                 "<= %s, <= %.0f MB" % (s(1.5 * n / 1e6), 350 * n / 1e6),
                 "%s, %.0f MB" % (s(c["wall"]), c["mb"]),
                 c["wall"] <= 1.5 * n / 1e6 and c["mb"] <= 350 * n / 1e6, c)
        d = self.folder("ten", TWO % (5 * n))
        c = self.turns(3, {"c": (d, [self.cwflow, "-n", "-q", "--max-jobs", str(20 * n)])})["c"]
        self.row("%s jobs planned" % format(10 * n, ","),
                 "<= %s, <= %.0f MB" % (s(12 * n / 1e6), 1500 * n / 1e6),
                 "%s, %.0f MB" % (s(c["wall"]), c["mb"]),
                 c["wall"] <= 12 * n / 1e6 and c["mb"] <= 1500 * n / 1e6, c)

    def dot(self):
        n = self.a.big
        d = self.folder("dot", ONE % n)
        m = self.turns(3, {"dag": (d, [self.cwflow, "--dag"]),
                           "summary": (d, [self.cwflow, "--summary"]),
                           "plan": (d, [self.cwflow, "-n", "-q"])})
        self.row("DOT of %s jobs, planning and all" % format(n, ","),
                 "<= %s" % s(0.5 * n / 1e6), s(m["dag"]["wall"]),
                 m["dag"]["wall"] <= 0.5 * n / 1e6, m)
        self.row("`--summary` of them", "-", s(m["summary"]["wall"]), None, m)

    def growth(self):
        n = self.a.big
        small = self.graph("wide", n // 10, engines=("cwflow",))
        c = self.turns(5, {"c": (small, [self.cwflow, "-n", "-q"])})["c"]
        for what, unit in (("wall", "time"), ("mb", "memory")):
            r = self.plan_wide[what] / c[what]
            self.row("growth of the plan from %s to %s, %s" % (
                format(n // 10, ","), format(n, ","), unit), "<= 11 times", "%.1f" % r,
                r <= 11, c)
        shutil.rmtree(small)

    def noop(self):
        n = self.a.big
        d = self.wide
        first = self.once(d, [self.cwflow, "-q", "-j2"])
        rate = (n + 2) / first["wall"]
        self.row("all jobs of the wide graph, N = %s, `: > out`" % format(n, ","), "-",
                 "%.0f jobs/s" % rate, None, first)
        self.fake_ninja_log(d)
        turns = {"cwflow": (d, [self.cwflow, "-q", "-j2"]),
                 "floor": (d, [self.tools["stat_floor"], str(n), "data", ".txt",
                               "processed", ".dat"])}
        m = self.turns(3, turns)
        for peer, most in (("samu", 0.4), ("ninja", 0.3)):
            if self.peers[peer]:
                self.once(d, [self.peers[peer]])  # takes what was touched
                p = self.turns(3, {peer: (d, [self.peers[peer]]),
                                   "cwflow": (d, [self.cwflow, "-q", "-j2"])})
                r = p["cwflow"]["wall"] / p[peer]["wall"]
                self.row("no-op of the wide graph, N = %s, beside %s" % (
                    format(n, ","), peer), "<= %g" % most,
                    "%.2f (%s)" % (r, s(p["cwflow"]["wall"])), r <= most, p)
        r = m["cwflow"]["wall"] / m["floor"]["wall"]
        self.row("the same beside two threads of fstatat", "<= 1.5", "%.2f" % r, r <= 1.5, m)
        self.changed(d, n)
        shutil.rmtree(d)

    def changed(self, d, n):
        """One source: touched, and with other words, which its job copies, so that the one
        that gathers runs too."""
        subprocess.check_call([sys.executable, os.path.join(HERE, "gen_cwflow.py"), "wide",
                               str(n), d, "--cmd", "cp", "--no-sources"])
        self.once(d, [self.cwflow, "-q", "--touch", "-F"])
        source, words = os.path.join(d, "data/7.txt"), iter(range(10 ** 9))

        def write():
            with open(source, "w") as f:
                f.write("changed %d\n" % next(words))
        argv = [self.cwflow, "-q", "-j2"]
        # No two runs take the same time, by more than what is looked for: many pairs.
        m = [self.turns(1, {"noop": (d, argv), "changed": (d, argv, write),
                            "touched": (d, argv, lambda: os.utime(source))})
             for _ in range(20)]
        noop = median(r["noop"]["wall"] for r in m)
        for k, what in (("changed", "one changed input of %s"),
                        ("touched", "one touched input of %s, content as it was")):
            low, more, high = statistics.quantiles(
                [r[k]["wall"] - r["noop"]["wall"] for r in m], n=4)
            self.row(what % format(n, ","), "no-op + 5 ms + the two jobs (2 ms each)"
                     if k == "changed" else "-",
                     "no-op (%s) %+.0f ms (half of 20 pairs: %+.0f to %+.0f)" % (
                         s(noop), more * 1e3, low * 1e3, high * 1e3),
                     more <= 0.009 if k == "changed" else None, m)

    def fake_ninja_log(self, d):
        """As if ninja had made what is there: its no-op is what is wanted."""
        mask = (1 << 64) - 1
        mul = 0xc6a4a7935bd1e995

        def murmur(key):  # MurmurHash64A, as .ninja_log wants it
            h = (0xDECAFBADDECAFBAD ^ (len(key) * mul)) & mask
            for i in range(0, len(key) - 7, 8):
                k = int.from_bytes(key[i:i + 8], "little") * mul & mask
                k = (k ^ (k >> 47)) * mul & mask
                h = (h ^ k) * mul & mask
            rest = key[len(key) & ~7:]
            if rest:
                h = (h ^ int.from_bytes(rest, "little")) * mul & mask
            h = (h ^ (h >> 47)) * mul & mask
            return h ^ (h >> 47)
        if not self.peers["ninja"] and not self.peers["samu"]:
            return
        now = time.time_ns() + 10 ** 9
        with open(os.path.join(d, ".ninja_log"), "w") as f:
            f.write("# ninja log v5\n")
            for i in range(self.a.big):
                out = "processed/%d.dat" % i
                f.write("0\t1\t%d\t%s\t%x\n" % (now, out, murmur((": > " + out).encode())))
            f.write("0\t1\t%d\tresult.txt\t%x\n" % (now, murmur(b": > result.txt")))

    def chain(self):
        n = self.a.big
        d = self.graph("chain", n, engines=("cwflow",))
        c = self.folder("cycle", CYCLE % (n, n))
        limit = ["/bin/sh", "-c", 'ulimit -s 256; exec "$@"', "sh"]
        try:
            p = self.once(d, limit + [self.cwflow, "-n", "-q"])
            g = self.once(d, limit + [self.cwflow, "--dag"])
            y = self.once(c, limit + [self.cwflow, "-n", "-q"], wants=(2,))
            r = self.once(d, limit + [self.cwflow, "-q", "-j2"])
            last = os.path.exists(os.path.join(d, "c/%d.t" % n))
            self.row("chain of %s with 256 KiB of stack" % format(n, ","),
                     "plans, draws, finds a cycle, runs",
                     "plan %s, DOT %s, cycle %s, run %s" % tuple(
                         s(x["wall"]) for x in (p, g, y, r)), last, [p, g, y, r])
        except RuntimeError as e:
            self.row("chain of %s with 256 KiB of stack" % format(n, ","),
                     "plans, draws, finds a cycle, runs", str(e), False)
        shutil.rmtree(d)

    def jobs(self):
        rates = {}
        for n, rounds in ((self.a.big // 100, 5), (self.a.big // 10, 5 if self.a.long else 3)):
            d = self.graph("wide", n)
            turns = {"cwflow": (d, [self.cwflow, "-q", "-j2"], lambda d=d: self.aside(d))}
            if self.peers["ninja"]:
                turns["ninja"] = (d, [self.peers["ninja"], "-j2"], lambda d=d: self.aside(d))
            m = self.turns(rounds, turns)
            rates[n] = (n + 2) / m["cwflow"]["wall"]
            if "ninja" in m:
                r = m["ninja"]["wall"] / m["cwflow"]["wall"]
                self.row("jobs `: > out`, %s, default shell, beside ninja" % format(n, ","),
                         ">= 2 times", "%.1f (%.0f jobs/s)" % (r, rates[n]), r >= 2, m)
            self.last_cpu = m["cwflow"]["cpu"]
            if n == self.a.big // 10:
                off = [self.once_fresh(d, {"CWFLOW_STATE": "off"}) for _ in range(3)]
                on = [self.once_fresh(d, {}) for _ in range(3)]
                us = (median([x["cpu"] for x in on]) - median([x["cpu"] for x in off])) / n * 1e6
                self.row("state record of a job", "<= 3 us of CPU", "%.1f us" % us, us <= 3,
                         [on, off])
            shutil.rmtree(d)
        a, b = (rates[k] for k in sorted(rates))
        self.row("jobs per second, %s against %s (one gathers all)" % tuple(
            format(k, ",") for k in sorted(rates)), "no loss (5 %)", "%.2f" % (b / a),
            b / a >= 0.95)

    def once_fresh(self, d, env):
        self.aside(d)
        return self.once(d, [self.cwflow, "-q", "-j2"], env)

    def own_cpu(self, d, n, argv):
        """CPU seconds of a program's own processes a job: they are asked while they run,
        so that what their children use is left out."""
        exe = os.path.realpath(argv[0])
        p = subprocess.Popen(argv, cwd=d, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        used, hz = {}, os.sysconf("SC_CLK_TCK")
        while p.poll() is None:
            pids = [p.pid]
            try:
                pids += [int(x) for x in open(
                    "/proc/%d/task/%d/children" % (p.pid, p.pid)).read().split()]
            except OSError:
                pass
            for pid in pids:
                try:
                    if os.path.realpath("/proc/%d/exe" % pid) == exe:
                        f = open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()
                        used[pid] = (int(f[11]) + int(f[12])) / hz
                except OSError:
                    pass
            time.sleep(0.02)
        return sum(used.values()) / n

    def shell(self):
        n = self.a.big // 100
        d = self.graph("wide", n, engines=("cwflow", "ninja"), style="sh")
        floor = self.folder("floor")
        fresh = [self.cwflow, "-q", "-j2", "--always-shell"]
        turns = {"cwflow": (d, fresh, lambda: self.aside(d)),
                 "floor": (floor, [self.tools["spawn_floor"], str(n), "."]),
                 "pinned": (floor, [self.tools["spawn_floor"], "-p", str(n), "."])}
        if self.peers["ninja"]:
            turns["ninja"] = (d, [self.peers["ninja"], "-j2"], lambda: self.aside(d))
        m = self.turns(5, turns)
        least = min(m["floor"]["wall"], m["pinned"]["wall"])
        r = least / m["cwflow"]["wall"]
        self.row("jobs `: > out`, %s, a fresh sh each, beside posix_spawn alone" %
                 format(n, ","), ">= 0.95", "%.2f (%.0f jobs/s)" % (r, n / m["cwflow"]["wall"]),
                 r >= 0.95, m)
        shutil.rmtree(d)
        n = self.a.big // 10
        d = self.graph("wide", n, engines=("cwflow",), style="sh")
        us = self.own_cpu(d, n, fresh) * 1e6
        bare = self.own_cpu(floor, n, [self.tools["spawn_floor"], str(n), "."]) * 1e6
        self.row("engine's own CPU a job over the bare loop's, %s jobs, a fresh sh each" %
                 format(n, ","), "<= 20 us", "%.1f us (%.1f - %.1f)" % (us - bare, us, bare),
                 us - bare <= 20)
        shutil.rmtree(d)

    def touch(self):
        n = max(self.a.big // 200, 10)
        if not self.peers["ninja"]:
            return
        d = self.graph("wide", n, cmd="touch")
        m = self.turns(5, {
            "cwflow": (d, [self.cwflow, "-q", "-j2"], lambda: self.aside(d)),
            "ninja": (d, [self.peers["ninja"], "-j2"], lambda: self.aside(d))})
        r = m["ninja"]["wall"] / m["cwflow"]["wall"]
        self.row("jobs `touch out`, %s, beside ninja" % format(n, ","), ">= 1.7 times",
                 "%.2f" % r, r >= 1.7, m)
        shutil.rmtree(d)

    def all_peers(self):
        for n in (max(self.a.big // 1000, 10), max(self.a.big // 100, 10)):
            folders = {}
            for e in self.engines:
                # tup takes nothing below /dev for a dependency
                base = (tempfile.mkdtemp(prefix="bench-all-") if e.kind == "tup" and
                        self.work.startswith("/dev/") else self.work)
                folders[e.name] = os.path.join(base, "peer-%d-%d" % (n, len(folders)))
                if n <= max(e.most(phase) for phase in peers.PHASES):
                    e.generate(folders[e.name], n)
            for phase in peers.PHASES:
                self.peers_at(n, phase, folders)
            for e in self.engines:
                shutil.rmtree(folders[e.name], ignore_errors=True)
                if e.kind == "tup" and self.work.startswith("/dev/"):
                    shutil.rmtree(os.path.dirname(folders[e.name]))
        for (n, phase), r in list(self.others.items()):
            for name in r if "cwflow" in r else ():
                ratio = r[name] / r["cwflow"]
                least = {"plan": 100, "run": 50}.get(phase)
                if name.startswith("Snakemake") and least:
                    self.row("%s of %s jobs beside %s" % (phase, format(n, ","), name),
                             ">= %d times" % least, "%.0f (%s)" % (ratio, s(r[name])),
                             ratio >= least)

    def peers_at(self, n, phase, folders):
        """One phase of all engines that can, in turns; the slow ones once."""
        seconds = {}
        for rounds, slow in ((3, False), (1, True)):
            failed = set()
            for _ in range(rounds):
                for e in self.engines:
                    if e.name in failed or (e.kind in ("snakemake", "makeflow")) != slow or (
                            n > e.most(phase) and not (self.a.long and slow and n <= 10000 and
                                                       e.kind == "snakemake")):
                        continue
                    d = folders[e.name]
                    if phase != "noop":
                        shutil.rmtree(peers.put_aside(d))
                        e.prepare(d)
                    try:
                        record = self.once(d, e.argv(phase, 2))
                        seconds.setdefault(e.name, []).append(record["wall"])
                    except RuntimeError as error:
                        self.notes.append("%s, %s of %d: %s." % (e.name, phase, n, error))
                        failed.add(e.name)
        self.others[n, phase] = {k: median(v) for k, v in seconds.items()}
        self.save()


ORDER = ["start", "plan", "growth", "samples", "dot", "noop", "chain", "jobs", "shell", "touch",
         "all_peers"]


def main():
    ap = argparse.ArgumentParser(description=__doc__,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--work", required=True)
    ap.add_argument("--bin", action="append", default=[], help="PROGRAM=PATH")
    ap.add_argument("--snakemake", action="append", default=[], help="one more of them")
    ap.add_argument("--big", type=int, default=1000000)
    ap.add_argument("--long", action="store_true", help="five rounds of 100,000 jobs; "
                    "10,000 jobs run by Snakemake, if that takes less than ten minutes: "
                    "half an hour more")
    ap.add_argument("--only", default=",".join(ORDER))
    ap.add_argument("--json")
    ap.add_argument("--markdown")
    ap.add_argument("--docs", help="a document that has marks for the tables")
    ap.add_argument("--svg", help="picture of the wide graph, beside all peers")
    a = ap.parse_args()
    a.json = a.json and os.path.abspath(a.json)
    a.markdown = a.markdown and os.path.abspath(a.markdown)
    a.docs = a.docs and os.path.abspath(a.docs)
    a.svg = a.svg and os.path.abspath(a.svg)
    b = All(a)
    wanted = a.only.split(",")
    if {"growth", "noop"} & set(wanted) and "plan" not in wanted:
        wanted.append("plan")
    try:
        for name in ORDER:
            if name in wanted:
                try:
                    getattr(b, name)()
                except RuntimeError as e:
                    b.row(name, "-", str(e), False)
        b.whole = set(wanted) >= set(ORDER)
    finally:
        b.save()
        shutil.rmtree(b.work, ignore_errors=True)
    print("\n".join(b.notes))
    if a.svg and b.others:
        n = max(n for n, _ in b.others)
        peers.picture(a.svg, "wide graph, %s jobs: wall time (less is better)" %
                      format(n, ","), {p: r for (k, p), r in b.others.items() if k == n})
    return 0


if __name__ == "__main__":
    sys.exit(main())
