#!/usr/bin/env python3
"""Workers over Redis: the bytes of a single process, whoever is killed.

redis_workers.py CWABC BINOMIAL.so: starts a server of its own (exit status 77 where there
is none).
"""
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

cwabc, library = sys.argv[1:3]
if not shutil.which("redis-server"):
    print("redis-server is not installed: skipped")
    sys.exit(77)
here = os.path.dirname(os.path.abspath(__file__))
dir = tempfile.mkdtemp()
socket = os.path.join(dir, "redis.sock")
problem = os.path.join(dir, "p.yaml")
rng = random.Random(1)
env = {**os.environ, "CWABC_REDIS_PASSWORD": "open sesame", "SLEEP_US": "2000"}
with open(os.path.join(here, "problems/slow.yaml")) as f, open(problem, "w") as g:
    g.write(f.read().replace("BINOMIAL_SO", library))
processes = []


def server():
    p = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", socket, "--dir", dir,
                          "--requirepass", "open sesame", "--appendonly", "yes"],
                         stdout=subprocess.DEVNULL)
    processes.append(p)
    for _ in range(1200):
        if os.path.exists(socket) and manager("info").returncode == 0:
            return p
        time.sleep(0.05)
    fail("the server does not come up")


def manager(*words):
    return subprocess.run([cwabc, "manager", *words, "--host", socket], env=env,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def worker(*options):
    p = subprocess.Popen([cwabc, "worker", problem, "--host", socket, "--lease", "1", *options],
                         env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    processes.append(p)
    return p


def master(name, *options):
    p = subprocess.Popen([cwabc, "run", problem, "-q", "-o", os.path.join(dir, name), "--host",
                          socket, "--sampler", "redis", *options], env=env,
                         stderr=subprocess.PIPE, text=True)
    processes.append(p)
    return p


def under_way():
    """Waits until a generation has begun; a busy machine takes its time."""
    for _ in range(2400):
        if manager("info").stdout.startswith("Workers="):
            return
        time.sleep(0.05)
    fail("no generation begins")


def minds_sigterm(pid):
    """Whether it has come so far as to catch or block the signal, or has ended."""
    try:
        with open(f"/proc/{pid}/status") as f:
            masks = [line.split()[1] for line in f if line.startswith(("SigCgt:", "SigBlk:"))]
    except OSError:
        return True
    return not masks or any(int(m, 16) >> (signal.SIGTERM - 1) & 1 for m in masks)


def csv(name):
    return subprocess.run([cwabc, "show", os.path.join(dir, name), "--csv"], check=True,
                          stdout=subprocess.PIPE).stdout


def fail(text):
    for p in processes:
        p.kill()
    sys.exit("redis_workers: " + text)


def done(p, what):
    try:
        err = p.communicate(timeout=100)[1]
    except subprocess.TimeoutExpired:
        fail(what + ": hangs; " + manager("info").stdout)
    if p.returncode:
        fail(f"{what}: exit status {p.returncode}: {err}")


redis = server()
single = subprocess.run([cwabc, "run", problem, "-q", "-o", os.path.join(dir, "single.db")])
want = csv("single.db")

if manager("info").stdout != "No active generation\n":
    fail("info without a run: " + manager("info").stdout)
bad = subprocess.run([cwabc, "manager", "info", "--host", socket], stdout=subprocess.PIPE,
                     stderr=subprocess.PIPE, text=True,
                     env={**env, "CWABC_REDIS_PASSWORD": "wrong"})
if bad.returncode != 1 or "Redis server says" not in bad.stderr:
    fail("a wrong password: " + bad.stderr)

# Workers killed, and others joining.
workers = [worker() for _ in range(3)]
m = master("killed.db")
under_way()
second = master("second.db")
err = second.communicate()[1]
if second.returncode != 1 or "another master uses this Redis server" not in err:
    fail("a second master was not refused: " + err)
# Nothing is kept for ever on a server, should nobody come back.
script = "local out = {} for _, k in ipairs(redis.call('KEYS', 'cwabc:*')) do " \
    "if redis.call('TTL', k) < 0 then out[#out + 1] = k end end return out"
kept = subprocess.run(["redis-cli", "-s", socket, "-a", "open sesame", "EVAL", script, "0"],
                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
if kept.strip():
    fail("keys without a time to live: " + kept)
killed = 0
while m.poll() is None:
    time.sleep(0.3)
    victim = rng.choice(workers)
    if killed < 4 and victim.poll() is None:
        victim.send_signal(signal.SIGKILL)
        workers.append(worker())
        killed += 1
    info = manager("info").stdout
    if not info.startswith(("Workers=", "No active")):
        fail("info: " + info)
done(m, "workers killed")
if csv("killed.db") != want:
    fail("killed workers changed the result")
print(f"{killed} workers killed, second master refused: same bytes")

# The master killed twice; the server restarted.
m = master("master.db")
dead = []
for _ in range(2):
    time.sleep(0.3)
    m.kill()
    os.waitid(os.P_PID, m.pid, os.WEXITED | os.WNOWAIT)
    dead.append(m)  # dead, but it stays in the process table
    m = master("master.db")
done(m, "master killed")
if csv("master.db") != want:
    fail("a killed master changed the result")
print("master killed twice: same bytes")
m = master("server.db")
under_way()
redis.send_signal(signal.SIGTERM)
redis.wait()
time.sleep(0.3)
redis = server()
done(m, "server restarted")
if csv("server.db") != want:
    fail("a restarted server changed the result")
print("server restarted: same bytes")

# Static scheduling, as static elsewhere.
m = master("static.db", "--sampler", "redis-static")
done(m, "static")
subprocess.run([cwabc, "run", problem, "-q", "-o", os.path.join(dir, "s.db"), "--sampler",
                "static", "-j", "2"], check=True)
if csv("static.db") != csv("s.db"):
    fail("static over Redis gives other bytes")
print("static: same bytes")

# Workers leave: told to, by the clock, by a signal.
if manager("stop").returncode:
    fail("manager stop")
for p in workers:
    if p.poll() is None:
        p.communicate(timeout=60)
p = worker("--runtime", "1S")
out = p.communicate(timeout=60)[0]  # without an end to its runtime it would stay
if "Max runtime" not in out or p.returncode:
    fail("an idle worker does not obey --runtime: " + out)
p = worker("--processes", "2")
while not minds_sigterm(p.pid):
    time.sleep(0.05)
p.terminate()
p.communicate(timeout=60)
if p.returncode:
    fail("SIGTERM")
with open(problem) as f:
    text = f.read()
other = os.path.join(dir, "other.yaml")
with open(other, "w") as f:
    f.write(text.replace("y: 7", "y: 6"))
m = master("x.db")
under_way()
p = subprocess.run([cwabc, "worker", other, "--host", socket, "--runtime", "20s"], env=env,
                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
if p.returncode != 1 or "works on another problem" not in p.stderr:
    fail("a worker with another problem: " + p.stderr)
p = worker()
done(m, "after a refused worker")
p.kill()
p.communicate()
if csv("x.db") != want:
    fail("a refused worker changed the result")
print("workers told to leave, over time, refused")

# An evaluation that takes its worker with it ends the run, and is named.
m = master("lost.db", "--batch", "1")
env["ABORT"] = "1"
for _ in range(100):
    if m.poll() is not None:
        break
    p = worker("--runtime", "2s")
    p.communicate(timeout=60)
err = m.communicate(timeout=60)[1]
if m.returncode != 1 or "was lost 3 times" not in err or "(p = 0.9" not in err:
    fail(f"an evaluation that aborts: exit status {m.returncode}: {err}")
print("an evaluation that aborts: named")
redis.terminate()
redis.wait()
shutil.rmtree(dir)
