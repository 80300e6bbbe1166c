#!/usr/bin/env python3
"""Workers and whole runs killed at random: the result must be the bytes of a quiet run.

kill_resume.py CWABC BINOMIAL.so [SEED]
"""
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

cwabc, library = sys.argv[1:3]
rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
here = os.path.dirname(os.path.abspath(__file__))
dir = tempfile.mkdtemp()
problem = os.path.join(dir, "p.yaml")
with open(os.path.join(here, "problems/slow.yaml")) as f, open(problem, "w") as g:
    g.write(f.read().replace("BINOMIAL_SO", library))


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [int(x) for x in f.read().split()]
    except OSError:
        return []


def csv(name):
    return subprocess.run([cwabc, "show", os.path.join(dir, name), "--csv"],
                          check=True, stdout=subprocess.PIPE).stdout


def fail(text):
    sys.exit("kill_resume: " + text)


def start(name, *options, **env):
    return subprocess.Popen([cwabc, "run", problem, "-q", "-o", os.path.join(dir, name), *options],
                            env={**os.environ, **env}, stderr=subprocess.PIPE)


def wait_for(condition, what):
    """On a busy machine a start alone may take seconds."""
    for _ in range(12000):
        if condition():
            return
        time.sleep(0.01)
    fail(f"{what}: not within 120 s")


def expect_done(p, what):
    err = p.communicate()[1]
    if p.returncode:
        fail(f"{what}: exit status {p.returncode}: {err.decode()}")


p = start("quiet.db")
expect_done(p, "quiet run")
want = csv("quiet.db")

# 1. Workers killed every few milliseconds, but not for ever: where a machine is too busy for one
# of them to come to its work in between, the run would never end.
MOST_KILLS = 60
for mode in ["dynamic", "static"]:
    p = start("w.db", "--sampler", mode, "-j", "4", SLEEP_US="1500")
    killed = 0
    while p.poll() is None:
        time.sleep(rng.uniform(0.01, 0.06))
        workers = children(p.pid)
        # What is a child after the result is there may be the leak sanitizer's own.
        if workers and killed < MOST_KILLS and not os.path.exists(os.path.join(dir, "w.db")):
            try:
                os.kill(rng.choice(workers), signal.SIGKILL)
                killed += 1
            except ProcessLookupError:
                pass
    expect_done(p, f"{mode} with killed workers")
    got = csv("w.db")
    if mode == "static":
        p = start("s.db", "--sampler", "static", "-j", "2")
        expect_done(p, "static")
        if got != csv("s.db"):
            fail("static: killed workers changed the result")
    elif got != want:
        fail("killed workers changed the result")
    if killed < 3:
        fail("hardly a worker was killed")
    print(f"{mode}: {killed} workers killed, same bytes")
    os.unlink(os.path.join(dir, "w.db"))

# 2. The whole run killed and started again, with other numbers of workers.
resumed = 0
for _ in range(100):
    jobs = str(rng.choice([1, 2, 3, 5]))
    env = {} if resumed >= 10 else {"SLEEP_US": "4000"}
    p = start("r.db", "--sampler", "dynamic", "-j", jobs, **env)
    if resumed < 10:
        wait_for(lambda: p.poll() is not None or os.path.isdir(os.path.join(dir, "r.db.part")),
                 "the beginning of a run")
        time.sleep(rng.uniform(0.02, 0.08))
        if p.poll() is None:
            p.send_signal(rng.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
            if p.wait() == 0:
                break  # it was done before the signal came
            p.stderr.close()
            resumed += 1
            if not any(os.path.exists(os.path.join(dir, n)) for n in ["r.db.part", "r.db"]):
                fail("no progress is left after a kill")
            continue
    expect_done(p, "resumed run")
    break
if csv("r.db") != want:
    fail("killed and resumed runs changed the result")
if os.path.exists(os.path.join(dir, "r.db.part")):
    fail("r.db.part is left over")
print(f"run killed and resumed {resumed} times, same bytes")

# 3. A torn log and damaged files are work done again.
p = start("t.db", "--sampler", "dynamic", "-j", "2", SLEEP_US="1500")
part = os.path.join(dir, "t.db.part")
wait_for(lambda: os.path.isdir(part) and
         any(n.endswith((".log", ".pop")) for n in os.listdir(part)), "a file of progress")
time.sleep(0.2)
p.kill()
p.wait()
for name in os.listdir(part):
    path = os.path.join(part, name)
    size = os.path.getsize(path)
    if name.endswith(".log") and size > 40:
        os.truncate(path, size - 3)
    elif name.endswith(".pop"):
        with open(path, "r+b") as f:
            f.seek(size // 2)
            f.write(b"\xff\xff\xff")
expect_done(start("t.db"), "run with torn files")
if csv("t.db") != want:
    fail("torn files changed the result")
print("torn and damaged progress, same bytes")

# 4. A crash of the model costs a lease, not the run.
p = start("c.db", "-j", "2", CRASH=os.path.join(dir, "crashed"))
expect_done(p, "run with a crash")
if not os.path.exists(os.path.join(dir, "crashed")):
    fail("nothing crashed")
if csv("c.db") != want:
    fail("a crash changed the result")
print("a crash of the library, same bytes")

# 5. Another problem is refused, and two runs at once.
p = start("x.db", "-j", "2", SLEEP_US="20000")
wait_for(lambda: os.path.exists(os.path.join(dir, "x.db.part/lock")), "a lock")
time.sleep(0.3)
q = start("x.db")
err = q.communicate()[1].decode()
if q.returncode != 1 or "another process" not in err:
    fail("a second run was not refused: " + err)
p.kill()
p.wait()
with open(problem) as f:
    text = f.read()
with open(problem, "w") as f:
    f.write(text.replace("y: 7", "y: 6"))
for name in ["x.db", "quiet.db"]:
    q = start(name)
    err = q.communicate()[1].decode()
    if q.returncode != 1:
        fail("another problem was not refused: " + err)
with open(problem, "w") as f:
    f.write(text.replace("[3, 1, 0]", "[3, 1]") + "stop: {max_evaluations: 1e7}\n")
expect_done(start("short.db"), "short run")
with open(problem, "w") as f:
    f.write(text)
expect_done(start("short.db", "-j", "2"), "extended run")
if csv("short.db") != want:
    fail("an extended run gives other bytes")
print("others refused, an extended run has the same bytes")
subprocess.run(["rm", "-rf", dir])
