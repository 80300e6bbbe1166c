#!/usr/bin/env python3
"""What cwabc does at its bounds: stops, failures, time limits, algorithms, refusals.

behaviour.py CWABC BINOMIAL.so
"""
import json
import os
import resource
import stat
import subprocess
import sys
import tempfile

cwabc, library = map(os.path.abspath, sys.argv[1:3])
here = os.path.dirname(os.path.abspath(__file__))
dir = tempfile.mkdtemp()
os.chdir(dir)
bad = []
NORMAL = "{builtin: normal, sd: 0.5}"


def write(name, simulator=NORMAL, parameters="{mu: {uniform: [0, 5]}}", observed="{x: 2.5}",
          epsilon="[1, 0.5, 0.25]", population=100, extra="", model_extra=""):
    with open(name, "w") as f:
        f.write(f"seed: 3\nmodels:\n  m:\n    simulator: {simulator}\n    parameters: "
                f"{parameters}\n{model_extra}observed: {observed}\nepsilon: {epsilon}\n"
                f"population: {population}\n{extra}")
    return name


def call(*words, **env):
    p = subprocess.run([cwabc, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                       env={**os.environ, **env})
    return p.returncode, p.stdout, p.stderr


def show(db):
    return json.loads(call("show", db, "--json")[1])


def expect(what, condition, *details):
    if not condition:
        bad.append(f"{what}: {' '.join(str(d) for d in details)}")


def script(name, text):
    with open(name, "w") as f:
        f.write(text)
    os.chmod(name, os.stat(name).st_mode | stat.S_IXUSR)


# Stops between and inside generations.
write("a.yaml", extra="stop: {max_generations: 2}\n")
status, _, err = call("run", "a.yaml", "-o", "a.db")
expect("max_generations", status == 0 and len(show("a.db")["generations"]) == 2, err)
expect("max_generations says so", "done: max_generations 2" in err, err)
status, _, err = call("run", "a.yaml", "-o", "a.db")
expect("a complete run", status == 0 and "a.db is complete: max_generations 2" in err, err)

write("b.yaml", extra="stop: {max_evaluations: 500}\n")
status, _, err = call("run", "b.yaml", "-o", "b.db", "-j", "3")
run = show("b.db")
expect("max_evaluations", status == 0 and run["generations"][-1]["evaluations_total"] <= 500, run)
expect("cut short", "500 evaluations were reached in generation" in run["stop_reason"], run)
same = call("show", "b.db", "--csv")[1]
status, _, err = call("run", "b.yaml", "-o", "b.db")
expect("still cut short", status == 0 and "is complete" in err, err)
write("b.yaml")
status, _, err = call("run", "b.yaml", "-o", "b.db")
call("run", "b.yaml", "-o", "b2.db")
expect("extended", status == 0 and call("show", "b.db", "--csv") == call("show", "b2.db", "--csv"))
expect("extended keeps", call("show", "b.db", "--csv")[1].startswith(same))

write("c.yaml", epsilon="[1, 0.5, 0.25, 0.0001]", extra="stop: {min_acceptance: 0.02}\n")
status, _, err = call("run", "c.yaml", "-o", "c.db")
run = show("c.db")
expect("min_acceptance", "acceptance below 0.02" in run["stop_reason"], run["stop_reason"])
status, _, err = call("run", "c.yaml", "-o", "cs.db", "--sampler", "static", "-j", "2")
expect("min_acceptance, static", "acceptance below 0.02" in show("cs.db")["stop_reason"], err)

write("d.yaml", epsilon="{quantile: 0.5}", extra="stop: {min_epsilon: 0.2}\n")
status, _, err = call("run", "d.yaml", "-o", "d.db")
eps = [g["epsilon"] for g in show("d.db")["generations"]]
expect("quantile", status == 0 and eps == sorted(eps, reverse=True) and eps[-1] <= 0.2 < eps[-2], eps)

# A list falls by itself, also where a changed distance lets all through.
write("e1.yaml", simulator="{builtin: normal_mean_sd, n: 30}", epsilon="[10, 5, 2, 1]",
      parameters="{mu: {uniform: [150, 200]}, sigma: {uniform: [5, 25]}}",
      observed="{mean: 168.9, sd: 13.3}", extra="distance: {adaptive: mad}\n")
status, _, err = call("run", "e1.yaml", "-o", "e1.db")
eps = [g["epsilon"] for g in show("e1.db")["generations"] if g["t"] >= 0]
expect("a list with an adaptive distance", status == 0 and eps == [10, 5, 2, 1], eps, err)

write("e.yaml", simulator="{builtin: binomial, n: 10}", parameters="{p: {uniform: [0, 1]}}",
      observed="{y: 7}", epsilon="{quantile: 0.5}", extra="stop: {max_generations: 20}\n")
status, _, err = call("run", "e.yaml", "-o", "e.db")
expect("epsilon must fall", status == 0 and ("does not fall" in err or "min_epsilon" in err), err)

write("e0.yaml", extra="stop: {max_evaluations: 20}\n")
status, _, err = call("run", "e0.yaml", "-o", "e0.db")
expect("no generation", status == 1 and "no generation was finished" in err, status, err)

# Wall time: resumable, same bytes.
slow = write("w.yaml", simulator=f"{{library: {library}}}", parameters="{p: {uniform: [0, 1]}}",
             observed="{y: 7}", epsilon="[3, 1, 0]", extra="stop: {max_walltime: 0.2}\n")
statuses = []
for _ in range(60):
    statuses.append(call("run", "w.yaml", "-q", "-o", "w.db", "-j", "2", SLEEP_US="5000")[0])
    if statuses[-1] != 3:
        break
call("run", "w.yaml", "-q", "-o", "w2.db")
expect("max_walltime", statuses[0] == 3 and statuses[-1] == 0, statuses)
expect("max_walltime, bytes", call("show", "w.db", "--csv") == call("show", "w2.db", "--csv"))

# Failures.
script("fails.py", """#!/usr/bin/env python3
import random, sys
for line in sys.stdin:
    id, seed, eps, p = line.split()
    r = random.Random(int(seed))
    print(id, "! unlucky" if r.random() < float(sys.argv[1]) else r.gauss(float(p), 0.5), flush=True)
""")
write("f.yaml", simulator='{command: [./fails.py, "0.2"]}', parameters="{p: {uniform: [0, 5]}}")
status, _, err = call("run", "f.yaml", "-o", "f.db", "-j", "2")
run = show("f.db")
n = sum(g["failed"] for g in run["generations"])
share = n / sum(g["evaluations"] for g in run["generations"])
expect("failures", status == 0 and 0.1 < share < 0.3, err, share)
expect("failures are shown", "evaluations failed and were rejected" in call("show", "f.db")[1])
write("g.yaml", simulator='{command: [./fails.py, "0.9"]}', parameters="{p: {uniform: [0, 5]}}")
errors = {call("run", "g.yaml", "-q", "-o", f"g{j}.db", "-j", j)[2] for j in "123"}
expect("too many failures", len(errors) == 1 and "too many evaluations fail" in errors.copy().pop()
       and "unlucky" in errors.copy().pop(), errors)
write("g.yaml", simulator='{command: [./fails.py, "0.2"]}', parameters="{p: {uniform: [0, 5]}}",
      extra="max_failures: 3\n")
status, _, err = call("run", "g.yaml", "-q", "-o", "g4.db")
expect("max_failures: 3", status == 1 and "4 of the first" in err, err)

# Time limits.
script("sleeps.py", """#!/usr/bin/env python3
import random, sys, time
for line in sys.stdin:
    id, seed, eps, p = line.split()
    if float(p) > 4: time.sleep(20)
    print(id, random.Random(int(seed)).gauss(float(p), 0.5), flush=True)
""")
for kind in ["command: [./sleeps.py]",
             'oneshot: "[ $(printf %.0f {p}) -gt 4 ] && sleep 20; echo {p}"']:
    write("t.yaml", simulator=f"{{{kind}, timeout: 1.5, on_timeout: reject}}", population=5,
          parameters="{p: {uniform: [0, 5]}}", epsilon="[2.4]")
    status, out, err = call("run", "t.yaml", "-o", "t.db", "-j", "2", "--restart")
    run = show("t.db") if status == 0 else {"generations": [{"timed_out": 0}]}
    expect("timeout reject", status == 0, kind, err)
    write("t2.yaml", simulator=f"{{{kind}, timeout: 0.2}}", population=5,
          parameters="{p: {uniform: [4.6, 5]}}", epsilon="[9]")
    status, out, err = call("run", "t2.yaml", "-q", "-o", "t2.db", "--restart")
    expect("timeout retry", status == 1 and "was lost 4 times" in err and "(p = 4." in err
           and "longer than 0.2 s" in err, kind, err)
write("t3.yaml", simulator=f"{{library: {library}, timeout: 0.1}}", population=4,
      parameters="{p: {uniform: [0.7, 1]}}", observed="{y: 7}", epsilon="[9]")
status, _, err = call("run", "t3.yaml", "-q", "-o", "t3.db", SLEEP_US="900000")
expect("timeout of a library", status == 1 and "was lost 4 times" in err, err)

# The limit of a library holds whoever works, and a rejection is one everywhere.
csvs = set()
for how in [[], ["-j", "3"], ["--sampler", "static", "-j", "2"],
            ["--sampler", "map", "-j", "1", "--map-command", "{evaluate}"]]:
    write("t6.yaml", simulator=f"{{library: {library}, timeout: 2, on_timeout: reject}}",
          population=12, parameters="{p: {uniform: [0, 1]}}", observed="{y: 7}", epsilon="[6]")
    status, _, err = call("run", "t6.yaml", "-o", "t6.db", HANG="1", *how)
    run = show("t6.db")["generations"][0] if status == 0 else {"timed_out": 0}
    expect("timeout reject of a library", run["timed_out"] > 0, how, err)
    if "static" not in how:
        csvs.add(call("show", "t6.db", "--csv")[1])
    os.remove("t6.db")
expect("timeout reject of a library, bytes", len(csvs) == 1, csvs)
call("run", write("t7.yaml", simulator=f"{{library: {library}}}", observed="{y: 7}",
                  parameters="{p: {uniform: [0, 1]}}", epsilon="[3, 1, 0]"), "-q", "-o", "t7.db")
write("t8.yaml", simulator=f"{{library: {library}, timeout: 60}}", observed="{y: 7}",
      parameters="{p: {uniform: [0, 1]}}", epsilon="[3, 1, 0]")
crash = os.path.join(dir, "crashed")
status, _, err = call("run", "t8.yaml", "-q", "-o", "t8.db", "-j", "2", CRASH=crash)
expect("a library with a limit crashes", status == 0 and os.path.exists(crash)
       and call("show", "t7.db", "--csv") == call("show", "t8.db", "--csv"), err)

# A simulator that crashes goes on with the same bytes.

write("k1.yaml", simulator=f"{{command: [{here}/models/binomial.py]}}",
      parameters="{p: {uniform: [0, 1]}}", observed="{y: 7}", epsilon="[3, 1]", population=60)
write("k2.yaml", simulator=f"{{command: [{here}/models/binomial.py, {dir}/died]}}",
      parameters="{p: {uniform: [0, 1]}}", observed="{y: 7}", epsilon="[3, 1]", population=60)
call("run", "k1.yaml", "-q", "-o", "k1.db")
status, _, err = call("run", "k2.yaml", "-q", "-o", "k2.db", "-j", "2")
died = len([n for n in os.listdir(dir) if n.startswith("died")])
expect("crashing simulator", status == 0 and died > 2, err, died)
expect("crashing simulator, bytes", call("show", "k1.db", "--csv") == call("show", "k2.db", "--csv"))
write("k3.yaml", simulator='{command: ["false"]}', parameters="{p: {uniform: [0, 1]}}")
status, _, err = call("run", "k3.yaml", "-q", "-o", "k3.db")
expect("a simulator that ends", status == 1 and "evaluation 0 (p = " in err
       and "exit status 1 before it read anything" in err and "does not start" in err, err)
script("broken.sh", """#!/bin/sh
printf 'of old\\n\\nno such module\\n  \\nexecution halted\\n\\n' >&2
exit 3
""")
write("k3.yaml", simulator='{command: [./broken.sh]}', parameters="{p: {uniform: [0, 1]}}")
for how in [["run", "k3.yaml", "-q", "-o", "k3.db"], ["check", "k3.yaml"]]:
    status, _, err = call(*how)
    expect("a simulator that never starts", status == 1 and err.count("no such module") == 2
           and err.endswith("it said: of old | no such module | execution halted\n"), err)

# One that does not always come to its start is tried again; that costs an evaluation at most.
script("late.py", """#!/usr/bin/env python3
import os, random, sys
log, *bad = sys.argv[1:]
with open(log, "a") as f: f.write("x")
start = os.path.getsize(log)
if str(start) in bad:
    print("no licence", start, file=sys.stderr)
    sys.exit(7)
for n, line in enumerate(sys.stdin):
    id, seed, eps, p = line.split()
    print(id, random.Random(int(seed)).gauss(float(p), 0.1), flush=True)
    if start == 1: sys.exit(0)
""")
csvs, failed = [], []
for n, late in enumerate([[], [2, 3, 4], [2, 3, 4, 5], [1, 2, 3, 5]]):
    words = ", ".join(f'"{w}"' for w in [f"log{n}", *late])
    write("k3.yaml", simulator=f"{{command: [./late.py, {words}]}}", epsilon="[0.4]",
          parameters="{p: {uniform: [0, 1]}}", observed="{y: 0.5}", population=20)
    status, _, err = call("run", "k3.yaml", "-o", "k3.db", "--restart", "--batch", "1")
    expect("late starts", status == 0, late, err)
    failed += [g["failed"] for g in show("k3.db")["generations"]]
    csvs.append(call("show", "k3.db", "--csv")[1])
expect("late starts, failed", failed == [0, 0, 1, 0], failed)
expect("late starts, bytes", csvs[0] == csvs[1] == csvs[3] and "\n0,1," not in csvs[2], csvs)
write("k3.yaml", simulator='{command: [./late.py, log4, "2", "3", "4", "5"]}', epsilon="[0.4]",
      parameters="{p: {uniform: [0, 1]}}", observed="{y: 0.5}", extra="max_failures: 0\n")
status, _, err = call("run", "k3.yaml", "-q", "-o", "k3.db", "--restart", "--batch", "1")
expect("late starts, said", status == 1 and "evaluation 1 said: it ended with exit status 7 "
       "before it read anything: no licence 5" in err, err)
write("k4.yaml", simulator='{command: [./nothing]}', parameters="{p: {uniform: [0, 1]}}")
status, _, err = call("run", "k4.yaml", "-q", "-o", "k4.db")
expect("no simulator", status == 2 and "k4.yaml:4:" in err
       and "cannot run ./nothing: No such file" in err and not os.path.exists("k4.db.part"), err)
write("k4.yaml", simulator='{command: [no-such-program]}', parameters="{p: {uniform: [0, 1]}}")
status, _, err = call("run", "k4.yaml", "-q", "-o", "k4.db")
expect("no program", status == 1 and "no-such-program" in err, err)
for extra in ["library: ./none.so", 'command: ["true"], files: [none.so]']:
    write("k4.yaml", simulator=f"{{{extra}}}", parameters="{p: {uniform: [0, 1]}}")
    status, _, err = call("run", "k4.yaml", "-q", "-o", "k4.db")
    expect("no file", status == 2 and "k4.yaml:4:" in err and "none.so: No such file" in err, err)
write("k4.yaml", simulator=f'{{command: [{here}/models/binomial.py]}}', epsilon="[3]",
      parameters="{p: {uniform: [0, 1]}}", observed="{y: 7}", population=10)
status, _, err = call("run", "k4.yaml", "-q", "-o", "k4.db")
expect("a simulator mended", status == 0, err)
script("gone.py", open(f"{here}/models/binomial.py").read())
write("k11.yaml", simulator="{command: [./gone.py], files: [k4.yaml]}", epsilon="[3]",
      parameters="{p: {uniform: [0, 1]}}", observed="{y: 7}", population=10)
status, _, err = call("run", "k11.yaml", "-q", "-o", "k11.db")
os.remove("gone.py")
expect("shown without its simulator", status == 0 and call("show", "k11.db")[0] == 0, err)
write("k5.yaml", simulator='{command: [echo, hello there]}', parameters="{p: {uniform: [0, 1]}}")
status, _, err = call("run", "k5.yaml", "-q", "-o", "k5.db")
expect("no answer", status == 1 and 'wrote "hello there", which is no answer' in err, err)
script("greets.sh", "#!/bin/sh\necho cwabc 1 params q stats 1\ncat >/dev/null\n")
write("k6.yaml", simulator='{command: [./greets.sh]}', parameters="{p: {uniform: [0, 1]}}")
status, _, err = call("run", "k6.yaml", "-q", "-o", "k6.db")
expect("greeting", status == 1 and "names other parameters" in err, err)

# An exit status up to 99 is the simulator's word that it failed; from 100 on it was lost.
script("exits.py", """#!/usr/bin/env python3
import os, random, sys
for line in sys.stdin:
    id, seed, eps, p = line.split()
    if float(p) < 0.2: os._exit(int(sys.argv[1]))
    print(id, random.Random(int(seed)).gauss(float(p), 0.1), flush=True)
""")
csvs = set()
for words, how in [("99", []), ("99", ["-j", "2"]), ("1", ["--batch", "7"])]:
    write("k7.yaml", simulator=f'{{command: [./exits.py, "{words}"]}}', epsilon="[0.4]",
          parameters="{p: {uniform: [0, 1]}}", observed="{y: 0.5}", population=10)
    status, _, err = call("run", "k7.yaml", "-o", "k7.db", "--restart", *how)
    expect("exit status 1 to 99", status == 0 and show("k7.db")["generations"][0]["failed"] > 0, err)
    csvs.add(call("show", "k7.db", "--csv")[1])
    os.remove("k7.db")
expect("exit status 1 to 99, bytes", len(csvs) == 1, csvs)
write("k7.yaml", simulator='{command: [./exits.py, "100"]}', epsilon="[0.4]",
      parameters="{p: {uniform: [0, 1]}}", observed="{y: 0.5}", population=10)
status, _, err = call("run", "k7.yaml", "-q", "-o", "k7.db")
expect("exit status 100", status == 1 and "was lost 4 times" in err and "status 100" in err, err)

# What a command line says of its failure is told.
for words, text in [("exit 4", "too many evaluations fail: 4 of the first 4 (max_failures); evaluation "
                     "0 said: exit status 4: no such module"),
                    ("exit 101", "ended with exit status 101; it was: echo oh; echo no such module "
                     ">&2; exit 101; it said: no such module")]:
    write("k10.yaml", simulator=f'{{oneshot: "echo oh; echo no such module >&2; {words}"}}',
          parameters="{p: {uniform: [0, 1]}}", extra="max_failures: 3\n")
    status, _, err = call("run", "k10.yaml", "-q", "-o", "k10.db", "--restart")
    expect("oneshot says " + words, status == 1 and text in err, err)

# Rubbish without an end.
script("endless.py", """#!/usr/bin/env python3
import sys, time
sys.stdout.write("x" * 3000000)
sys.stdout.flush()
time.sleep(60)
""")
write("k8.yaml", simulator="{command: [./endless.py]}", parameters="{p: {uniform: [0, 1]}}")
status, _, err = call("run", "k8.yaml", "-q", "-o", "k8.db")
expect("a line without an end", status == 1 and "without a line's end" in err, err)
write("k9.yaml", simulator='{oneshot: "yes | head -c 70000000"}',
      parameters="{p: {uniform: [0, 1]}}", extra="max_failures: 0\n")
status, _, err = call("run", "k9.yaml", "-q", "-o", "k9.db")
expect("too much output", status == 1 and "wrote more than 64 MB" in err, err)

# The time limit holds for one that has closed its output, too, and begins with a greeting.
write("t4.yaml", simulator='{oneshot: "exec sleep 20 > {out}", timeout: 0.2}',
      parameters="{p: {uniform: [0, 1]}}", population=5)
status, _, err = call("run", "t4.yaml", "-q", "-o", "t4.db")
expect("timeout with closed output", status == 1 and "longer than 0.2 s" in err, err)
script("late.py", """#!/usr/bin/env python3
import sys, time
time.sleep(1.2)
print("cwabc 1", flush=True)
for line in sys.stdin:
    id, seed, eps, p = line.split()
    if float(p) < 0.2: time.sleep(20)
    print(id, p, flush=True)
""")
write("t5.yaml", simulator="{command: [./late.py], timeout: 1, on_timeout: reject}",
      parameters="{p: {uniform: [0, 1]}}", observed="{y: 0.5}", epsilon="[0.4]", population=5)
status, _, err = call("run", "t5.yaml", "-o", "t5.db")
expect("timeout from the greeting on", status == 0, err)

# check finds a simulator with randomness of its own.
script("own.py", """#!/usr/bin/env python3
import random, sys
for line in sys.stdin:
    print(line.split()[0], random.random(), flush=True)
""")
write("x.yaml", simulator="{command: [./own.py]}", parameters="{p: {uniform: [0, 1]}}")
status, _, err = call("check", "x.yaml")
expect("check", status == 1 and "20 of 20 evaluations differ" in err, err)
status, out, err = call("check", "k1.yaml")
expect("check of a good one", status == 0 and "the same results" in out, err)

# Algorithms.
write("r.yaml", epsilon="[0.3]", extra="algorithm: rejection\n")
status, _, err = call("run", "r.yaml", "-o", "r.db")
expect("rejection", status == 0 and len(show("r.db")["generations"]) == 1, err)
with open("r2.yaml", "w") as f:
    f.write(f"seed: 3\nmodels:\n  m:\n    simulator: {NORMAL}\n    parameters: {{mu: {{uniform: "
            "[0, 5]}}\nobserved: {x: 2.5}\nalgorithm: {rejection: {budget: 20000, keep: 0.01}}\n")
csvs = set()
for j in "12":
    status, _, err = call("run", "r2.yaml", "-q", "-o", f"r2{j}.db", "-j", j)
    csvs.add(call("show", f"r2{j}.db", "--csv")[1])
run = show("r21.db")["generations"][0]
expect("budget", len(csvs) == 1 and run["particles"] == 200 and run["evaluations"] == 20000
       and 0.015 < run["epsilon"] < 0.04, err, run)
write("p.yaml", epsilon="{list: [2, 1, 0.5, 0.1], percentile: 10}", population=200,
      extra="algorithm: pmc\n")
status, _, err = call("run", "p.yaml", "-o", "p.db")
eps = [g["epsilon"] for g in show("p.db")["generations"]]
expect("pmc", status == 0 and eps[0] == 2 and eps[1] == 1 and eps == sorted(eps, reverse=True), eps)
write("n.yaml", simulator="{builtin: binomial}", observed="{y: 4}", epsilon="[2, 1, 0]",
      parameters="{p: {beta: [2, 2]}, n: {randint: [3, 12]}}", population=500)
status, _, err = call("run", "n.yaml", "-o", "n.db", "-j", "2")
n = show("n.db")["generations"][-1]["models"]["m"]["parameters"]["n"]
exact = {k: 0.0 for k in range(4, 13)}
for k in exact:  # beta-binomial evidence of 4 of k with Beta(2, 2)
    from math import comb, gamma
    exact[k] = comb(k, 4) * gamma(6) * gamma(k - 2) / gamma(k + 4) * gamma(4)
total = sum(exact.values())
mean = sum(k * v for k, v in exact.items()) / total
expect("discrete parameter", status == 0 and abs(n["mean"] - mean) < 0.45, n["mean"], mean)
write("q.yaml", model_extra='    constraints: ["mu < 1"]\n')
status, out, err = call("run", "q.yaml", "-q", "-o", "q.db")
high = show("q.db")["generations"][-1]["models"]["m"]["parameters"]["mu"]["q975"]
expect("constraints", status == 0 and high < 1, high)
expect("shares", "prior" in call("show", "q.db")[1])

# A reader that leaves is no fault; a full disk is one.
reading, writing = os.pipe()
os.close(reading)
p = subprocess.run([cwabc, "show", "a.db", "--csv"], stdout=writing, stderr=subprocess.PIPE,
                   text=True)
os.close(writing)
expect("show | head", p.returncode == 141 and p.stderr == "", p.returncode, p.stderr)
with open("/dev/full", "w") as full:
    p = subprocess.run([cwabc, "show", "a.db"], stdout=full, stderr=subprocess.PIPE, text=True)
expect("show > /dev/full", p.returncode == 1 and "No space left" in p.stderr, p.stderr)

# No room for RUN.db: its place is free again, progress is kept, and with room it goes on.
write("full.yaml", population=1000)
p = subprocess.run([cwabc, "run", "full.yaml", "-q", "-o", "full.db"], stderr=subprocess.PIPE,
                   text=True, restore_signals=False,
                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)))
left = sorted(os.listdir("full.db.part"))
expect("no room", p.returncode == 1 and "cannot write full.db.part/run.db" in p.stderr, p.stderr)
expect("no room, progress", left == ["lock", "t0000.pop", "t0001.pop", "t0002.pop"], left)
status, _, err = call("run", "full.yaml", "-o", "full.db")
call("run", "full.yaml", "-q", "-o", "full2.db")
expect("room again", status == 0 and "going on behind generation 2" in err and
       call("show", "full.db", "--csv") == call("show", "full2.db", "--csv"), err)

# Pictures, where they are built.
plotter = os.path.join(os.path.dirname(os.path.dirname(cwabc)), "libexec/cwflow/cwabc_plot")
if os.path.exists(plotter):
    for name, magic in [("x.png", b"\x89PNG"), ("x.svg", b"<?xml"), ("x.pdf", b"%PDF")]:
        for db in ["a.db", "n.db"]:
            status, _, err = call("plot", db, name)
            expect(f"plot {db} {name}", status == 0 and open(name, "rb").read(9).startswith(magic), err)
    status, _, err = call("plot", "a.db", "x.jpg")
    expect("plot x.jpg", status == 2 and "is no picture" in err, err)
    status, _, err = call("plot", "a.yaml", "x.png")
    expect("plot a.yaml", status == 1 and "cannot read a.yaml" in err, err)

# Tables hold their columns whatever the names; the largest seed is itself.
with open("l.yaml", "w") as f:
    f.write("seed: 18446744073709551615\nmodels:\n")
    for name in ["m", "a_model_with_a_long_name", "another_model_with_quite_a_long_name"]:
        f.write(f"  {name}:\n    simulator: {{builtin: binomial, n: 10}}\n"
                "    parameters: {p: {uniform: [0, 1]}}\n")
    f.write("observed: {y: 7}\nepsilon: [3]\npopulation: 50\n")
status, _, err = call("run", "l.yaml", "-q", "-o", "l.db")
_, models, parameters, _ = call("show", "l.db")[1].split("\n\n")
rows = models.splitlines()[1:] + [r for r in parameters.splitlines()[1:] if r.startswith("  ")]
expect("columns", status == 0 and len(rows) == 8 and len({len(r) for r in rows[:4]}) == 1
       and len({len(r) for r in rows[4:]}) == 1, rows)
expect("the largest seed", show("l.db")["seed"] == 2 ** 64 - 1, show("l.db")["seed"])
if os.path.exists(plotter):
    for name in ["l.db", "a.db"]:
        status, _, err = call("plot", name, "l.pdf")
        expect("plot with many names", status == 0, err)

# Refusals.
call("generation", "b.yaml", "-q", "--t", "0", "-o", "g0.db")
call("part", "a.yaml", "-q", "--t", "0", "--part", "1/2", "--ids", "10", "-o", "a.part")
with open("q3.yaml", "w") as f:
    f.write("".join(line for line in open("a.yaml") if not line.startswith("epsilon")))
write("q2.yaml", model_extra='    constraints: ["mu > 6"]\n')
for words, text, code in [
    (["run", "a.yaml"], "needs -o FILE", 2),
    (["rum", "a.yaml"], 'did you mean "run"?', 2),
    (["run", "a.yaml", "-o", "z.db", "--sampler", "dynamik"], "no sampler is called", 2),
    (["run", "a.yaml", "-o", "z.db", "--samplr", "single"], "did you mean --sampler?", 2),
    (["run", "a.yaml", "-o", "z.db", "-j", "0"], "-j wants a number of processes", 2),
    (["run", "none.yaml", "-o", "z.db"], "cannot read none.yaml", 2),
    (["run", "a.yaml", "-o", "no/such/z.db"], "cannot make the folder", 1),
    (["generation", "a.yaml", "--t", "1", "-o", "z.db"], "needs --previous", 2),
    (["generation", "b.yaml", "--t", "2", "--previous", "g0.db", "-o", "z.db"], "ends with", 2),
    (["generation", "b.yaml", "--t", "0", "--previous", "g0.db", "-o", "z.db"], "holds one", 2),
    (["generation", "c.yaml", "--t", "1", "--previous", "f.db", "-o", "z.db"], "", 2),
    (["part", "a.yaml", "--t", "0", "-o", "z.part"], "needs --part K/P", 2),
    (["part", "a.yaml", "--t", "0", "--part", "9/8", "-o", "z.part"], "--part wants K/P", 2),
    (["merge", "a.yaml", "--t", "0", "a.yaml", "-o", "z.db"], "is no part of a generation", 1),
    (["run", "a.yaml", "-o", ""], "needs -o FILE", 2),
    (["run", "a.yaml", "-o", "."], "that is a folder", 2),
    (["run", "a.yaml", "-o", "z.db", "--ranks-per-model", "2"], "is cwabc-mpi's", 2),
    (["run", "a.yaml", "-o", "z.db", "--sampler", "mpi"], "is cwabc-mpi's", 2),
    (["run", "q3.yaml", "-o", "z.db"], 'q3.yaml:1:1: error: "epsilon" is missing', 2),
    (["run", "q2.yaml", "-q", "-o", "z.db"], "fell outside the constraints", 1),
    (["merge", "a.yaml", "--t", "0", "--no-fill", "a.part", "-o", "z.db"], "are needed", 3),
    (["show", "a.yaml"], "cannot read a.yaml", 1),
    (["show", "nothing.db"], "cannot read nothing.db", 1),
    (["show", "a.db", "--json", "--csv"], "give one of --json and --csv", 2),
]:
    status, _, err = call(*words)
    expect(" ".join(words), status == code and text in err and err.count("\n") <= 3, status, err)
    expect(" ".join(words) + " leaves nothing", not os.path.exists("z.db")
           and not os.path.exists("z.db.part"))

subprocess.run(["rm", "-rf", dir])
if bad:
    sys.exit("\n".join(bad))
print("all as expected")
