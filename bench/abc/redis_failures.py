#!/usr/bin/env python3
"""What a killed worker, a second master and the like do to pyABC and to cwabc over Redis.

redis_failures.py BUILD [PYTHON_WITH_PYABC [SCENARIO...]]
Prints a table; takes some five minutes, most of them waiting for what never comes. A model
of one second, 12 particles, 2 workers.
"""
import hashlib
import os
import subprocess
import sys
import time

import peers

build = os.path.abspath(sys.argv[1])
python = peers.python_with(["pyabc"], sys.argv[2] if len(sys.argv) > 2 else None)
cwabc = os.path.join(build, "bin/cwabc")
dir = peers.folder()
sleeper = peers.library(build, "sleeper")
patience = 30  # seconds after which something is said to hang
rows = []


def say(what, theirs, ours):
    rows.append((what, theirs, ours))
    print(f"# {what}\n#   pyABC: {theirs}\n#   cwabc: {ours}", flush=True)


class Peer:
    """pyABC: a server, workers, masters."""

    def __init__(self, kind):
        self.redis, self.kind = peers.Redis(), kind
        self.bin = os.path.dirname(python)

    def worker(self, runtime="1h"):
        return peers.start([f"{self.bin}/abc-redis-worker", "--port", self.redis.port,
                            "--password", self.redis.password, "--runtime", runtime],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def master(self):
        return peers.start([python, os.path.join(peers.here, "pyabc_master.py"), self.kind,
                            self.redis.port, self.redis.password, "1", "12", "1.5", "1"],
                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def info(self):
        """What its manager says, without the seconds that it takes to start."""
        script = """local a = redis.call('GET', 'analysis_id')
            if not a then return 'No active generation' end
            local t = redis.call('GET', 'generation_' .. a)
            local function v(k)
                return redis.call('GET', k .. '_' .. a .. '_' .. tostring(t)) or 'None'
            end
            return 'Workers=' .. v('n_worker') .. ' Evaluations=' .. v('n_eval') ..
                ' Acceptances=' .. v('n_acc') .. '/' .. v('n_req') ..
                ' (generation ' .. tostring(t) .. ')'"""
        return subprocess.run(["redis-cli", "-p", self.redis.port, "-a", self.redis.password,
                               "EVAL", script, "0"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True).stdout.strip()

    def manager(self, word):
        return subprocess.run([f"{self.bin}/abc-redis-manager", word, "--port", self.redis.port,
                               "--password", self.redis.password], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True).stdout.strip()

    def keys(self):
        return subprocess.run(["redis-cli", "-p", self.redis.port, "-a", self.redis.password,
                               "keys", "analysis_id*"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True).stdout.strip()


class Ours(Peer):
    def __init__(self, kind):
        super().__init__(kind)
        self.problem = os.path.join(dir, f"{kind}-{self.redis.port}.yaml")
        with open(self.problem, "w") as f:
            f.write(f"seed: 1\nmodels:\n  m:\n    simulator: {{library: {sleeper}}}\n"
                    "    parameters: {mu: {uniform: [0, 5]}}\nobserved: {x: 2.5}\n"
                    "epsilon: [1.5, 1]\npopulation: 12\n")
        self.address = ["--host", self.redis.host, "--port", self.redis.port]
        self.env = {**self.redis.env, "SLEEP_US": "1000000"}

    def worker(self, runtime="1h"):
        return peers.start([cwabc, "worker", self.problem, "-q", "--runtime", runtime,
                            *self.address], env=self.env)

    def master(self, name="run.db"):
        self.db = self.problem + "." + name
        sampler = "redis-static" if self.kind == "static" else "redis"
        return peers.start([cwabc, "run", self.problem, "-q", "-o", self.db, "--sampler",
                            sampler, *self.address], env=self.env, stderr=subprocess.PIPE)

    def info(self):
        return self.manager("info")

    def manager(self, word):
        return subprocess.run([cwabc, "manager", word, *self.address], env=self.env,
                              stdout=subprocess.PIPE, text=True).stdout.strip()

    def sha(self):
        out = subprocess.run([cwabc, "show", self.db, "--csv"], check=True,
                             stdout=subprocess.PIPE).stdout
        return hashlib.sha256(out).hexdigest()[:12]


def under_way(side):
    """Whether both workers are at it and a particle is there."""
    info = side.info()
    return "Workers=2" in info and not info.split("Acceptances=")[1].startswith("0/")


def begun(side):
    workers = [side.worker(), side.worker()]
    time.sleep(1 if isinstance(side, Ours) else 6)
    master = side.master()
    if not peers.wait_until(lambda: under_way(side) or master.poll() is not None, 120):
        peers.cannot("the run does not begin: " + side.info())
    if master.poll() is not None:
        peers.cannot("the master ended: " + master.communicate()[1])
    return master, workers


def finish(side, master, seconds):
    """None where it hangs, else the seconds until it is done."""
    start = time.monotonic()
    if not peers.wait_until(lambda: master.poll() is not None, seconds):
        return None
    return time.monotonic() - start if master.returncode == 0 else -1


def killed_worker(kind):
    sha = {}
    quiet = Ours(kind)
    start = time.monotonic()
    master, workers = begun(quiet)
    finish(quiet, master, 120)
    undisturbed = time.monotonic() - start
    sha["quiet"] = quiet.sha()

    ours = Ours(kind)
    start = time.monotonic()
    master, workers = begun(ours)
    workers[0].kill()
    workers.append(ours.worker())  # as a job queue would send the next one
    took = finish(ours, master, 120)
    total = time.monotonic() - start
    same = "the same bytes" if ours.sha() == sha["quiet"] else "OTHER BYTES"
    our_text = (f"done after {total:.0f} s, undisturbed {undisturbed:.0f} s (lease 10 s); {same}"
                if took is not None else "hangs")

    theirs = Peer(kind)
    master, workers = begun(theirs)
    workers[0].kill()
    workers.append(theirs.worker())
    took = finish(theirs, master, 60 + patience)
    if took is None:
        before = theirs.info()
        text = f"hangs: \"{before}\""
        theirs.manager("reset-workers")
        if finish(theirs, master, patience) is None:
            after = theirs.info()
            text += (f"; `reset-workers` does not help: \"{after}\"" if before.split("Acc")[1]
                     == after.split("Acc")[1] else f"; `reset-workers` frees it: \"{after}\"")
        else:
            text += "; `reset-workers` frees it"
    elif took < 0:
        text = f"the run ends: \"{master.communicate()[1].strip().splitlines()[-1]}\""
    else:
        text = "done"
    say(f"a worker killed (kill -9), another joins; {kind} scheduling", text, our_text)


def second_master():
    theirs = Peer("dynamic")
    first, workers = begun(theirs)
    second = theirs.master()
    error = second.communicate(timeout=60)[1].strip().splitlines()[-1]
    key = theirs.keys()
    done = finish(theirs, first, 60)
    text = f"refused (\"{error}\"); the first " + (
        "goes on" if done and done > 0 else
        "hangs: its analysis_id is gone" if not key else "hangs")

    ours = Ours("dynamic")
    first, workers = begun(ours)
    db = ours.db
    second = ours.master("second.db")
    error = second.communicate(timeout=60)[1].strip()
    error = error.split(";")[0].split(" (")[0]
    ours.db = db
    done = finish(ours, first, 60)
    say("a second master", text, f"refused (\"{error}\"); the first " + (
        "goes on to its end" if done and done > 0 else "DOES NOT FINISH"))


def killed_master():
    theirs = Peer("dynamic")
    first, workers = begun(theirs)
    first.kill()
    second = theirs.master()
    done = finish(theirs, second, 90)
    if done and done > 0:
        text = "started again: begins anew"
    elif done:
        text = "started again: refused (\"" + \
            second.communicate()[1].strip().splitlines()[-1] + "\")"
        third = theirs.master()
        done = finish(theirs, third, 90)
        text += ("; at the second try it begins anew" if done and done > 0 else
                 "; the second try does not end either")
    else:
        text = "started again: hangs"

    ours = Ours("dynamic")
    first, workers = begun(ours)
    first.kill()
    again = ours.master()
    done = finish(ours, again, 120)
    say("the master killed, and started again", text,
        "goes on inside the generation" if done and done > 0 else "DOES NOT FINISH")


def idle_worker():
    theirs, ours = Peer("dynamic"), Ours("dynamic")
    a, b = theirs.worker("3s"), ours.worker("3s")
    start, left = time.monotonic(), {}
    while time.monotonic() - start < 15:
        for name, p in [("a", a), ("b", b)]:
            if p.poll() is not None:
                left.setdefault(name, time.monotonic() - start)
        time.sleep(0.05)
    def text(name):
        return f"leaves after {left[name]:.1f} s" if name in left else "still there after 15 s"
    say("an idle worker with `--runtime 3s`", text("a"), text("b"))


scenarios = {"dynamic": lambda: killed_worker("dynamic"),
             "static": lambda: killed_worker("static"), "second": second_master,
             "master": killed_master, "idle": idle_worker}
for name in sys.argv[3:] or scenarios:
    scenarios[name]()
version = subprocess.run([python, "-c", "import pyabc; print(pyabc.__version__)"],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
print(f"| what happens | pyABC {version.strip()} | cwabc |\n| --- | --- | --- |")
for row in rows:
    print("| " + " | ".join(row) + " |")
