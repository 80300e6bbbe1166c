#!/usr/bin/env python3
"""Records damaged at random: every command works or names the fault, nothing made is lost.

damage.py CWFLOW [--rounds N] [--seed N] [--keep]

A folder after a whole run with a failure, and one after a run that was killed, are copied
again and again; in each copy files of the engine's own folder are changed: bytes flipped,
pieces zeroed, doubled, cut off, put in the place of another file, whole files removed or
swapped with those of an older run. Then all commands that look are called, and a run. None may
die of a signal, hang, or change a result; after the run the results are those of a quiet one,
and one more finds nothing to do but the job that fails.
"""
import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

WORKFLOW = """
shell: {executable: sh, prefix: "set -eu;"}
sets: {i: {from: 1, to: 8}}
rules:
  all: {input: [sum, bad]}
  a:
    input: "in/{i}"
    output: {path: "a/{i}", temp: true}
    shell: "echo part >{output}; [ ! -e slow ] || sleep 0.2; cat {input} >{output}; echo a{i} >>ran"
  b:
    input: "a/{i}"
    output: ["b/{i}", {path: "t/{i}", directory: true}]
    log: "log/{i}"
    params: {p: 3}
    shell: "mkdir {output[1]}; cat {input} >{output[0]}; echo {params.p} >>{output[0]}; echo x >{output[1]}/x"
  sum: {input: {expand: "b/{i}"}, output: sum, shell: "cat {input} >{output}"}
  bad: {input: sum, output: bad, shell: "echo part >{output}; exit 3"}
"""
LOOKS = [["-n"], ["-n", "-q"], ["--summary"], ["--detailed-summary"], ["--why", "sum"],
         ["--lineage", "sum"], ["--lineage=json", "b/3"], ["--verify"], ["--stats"],
         ["--stats", "--advise"], ["--list-untracked"], ["--dag"], ["--trace", "-"],
         ["--delete-temp-output", "-n"], ["--report", "../report.html"]]

parser = argparse.ArgumentParser()
parser.add_argument("cwflow")
parser.add_argument("--rounds", type=int, default=25)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--keep", action="store_true", help="leave the folders of what failed")
options = parser.parse_args()
rng = random.Random(options.seed)
box = tempfile.mkdtemp(prefix="cwdamage-", dir=os.environ.get("TMPDIR", "/tmp"))
cwflow = os.path.abspath(options.cwflow)
failures = 0


def call(folder, *words):
    """Exit status (None: it hangs) and what was said."""
    try:
        p = subprocess.run([cwflow, *words], cwd=folder, stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                           env={**os.environ, "NO_COLOR": "1", "LC_ALL": "C.UTF-8"})
    except subprocess.TimeoutExpired:
        return None, ""
    return p.returncode, (p.stdout + p.stderr).decode(errors="replace")


def results(folder):
    """Every file but the engine's, with its bytes."""
    found = {}
    for at, folders, files in os.walk(folder):
        folders[:] = [f for f in folders if f != ".cwflow"]
        for name in files:
            path = os.path.relpath(os.path.join(at, name), folder)
            if path != "ran" and not path.startswith("in/"):
                with open(os.path.join(at, name), "rb") as f:
                    found[path] = f.read()
    return found


def make(name, slow):
    folder = os.path.join(box, name)
    os.makedirs(os.path.join(folder, "in"))
    with open(os.path.join(folder, "Workflowfile"), "w") as f:
        f.write(WORKFLOW)
    for i in range(1, 9):
        with open(os.path.join(folder, "in", str(i)), "w") as f:
            f.write(f"input {i}\n")
    if not slow:
        call(folder, "-q", "-k", "-j2")
        return folder
    # killed when some are done, with what it put aside and noted
    call(folder, "-q", "-k", "-j2")
    for i in range(1, 9):
        with open(os.path.join(folder, "in", str(i)), "w") as f:
            f.write(f"input {i} new\n")
    with open(os.path.join(folder, "slow"), "w"):
        pass
    os.truncate(os.path.join(folder, "ran"), 0)
    p = subprocess.Popen([cwflow, "-q", "-k", "-j2"], cwd=folder, stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while p.poll() is None and os.path.getsize(os.path.join(folder, "ran")) < 9:
        pass
    p.kill()
    p.wait()
    call(folder, "-n")
    os.unlink(os.path.join(folder, "slow"))
    return folder


def damage(folder, older):
    """Changes one to three files; says how."""
    state, said = os.path.join(folder, ".cwflow"), []
    for _ in range(rng.choice([1, 1, 2, 3])):
        names = sorted(n for n in os.listdir(state) if os.path.isfile(os.path.join(state, n)))
        name = rng.choice(names)
        path = os.path.join(state, name)
        with open(path, "rb") as f:
            data = bytearray(f.read())
        at = rng.randrange(len(data) + 1)
        # what matters lies at the front of these files more often than not
        if rng.random() < 0.4:
            at = min(at, rng.randrange(200))
        how = rng.choice(["flip", "flip", "flips", "zero", "noise", "cut", "empty", "gone",
                          "double", "other", "older", "folder"])
        if how == "flip" and data:
            data[at % len(data)] ^= 1 << rng.randrange(8)
        elif how == "flips" and data:
            for _ in range(rng.randrange(1, 200)):
                data[rng.randrange(len(data))] ^= rng.randrange(256)
        elif how in ("zero", "noise"):
            n = min(rng.choice([1, 16, 512, 4096, 1 << 20]), len(data) - at)
            data[at:at + n] = bytes(n) if how == "zero" else rng.randbytes(n)
        elif how == "cut":
            del data[at:]
        elif how == "empty":
            data.clear()
        elif how == "double":
            data[at:at] = data[at:at + 5000]
        elif how == "other":
            with open(os.path.join(state, rng.choice(names)), "rb") as f:
                data = f.read()
        elif how == "older" and os.path.isfile(os.path.join(older, ".cwflow", name)):
            with open(os.path.join(older, ".cwflow", name), "rb") as f:
                data = f.read()
        if how in ("gone", "folder"):
            os.unlink(path)
            if how == "folder":
                os.mkdir(path)
        else:
            with open(path, "r+b") as f:
                f.write(data)
                f.truncate(len(data))
        said.append(f"{how} {name} at {at}")
    return ", ".join(said)


def wrong(folder, what, why, words):
    global failures
    failures += 1
    print(f"FAILED: {what}: {why}: {words.strip()[:600]}")
    if options.keep:
        shutil.copytree(folder, f"{box}-{failures}", symlinks=True)
        print(f"  see {box}-{failures}")


whole = make("whole", False)
killed = make("killed", True)
for folder in (whole, killed):
    shutil.copytree(folder, folder + "-first", symlinks=True)
done = os.path.join(box, "done")
shutil.copytree(killed, done, symlinks=True)
call(done, "-q", "-k", "-j2")
want = {"whole": results(whole), "killed": results(done)}
said_ok = re.compile(r"cwflow: (error|warning|note)|state|record|journal|damaged|cannot", re.I)
for n in range(options.rounds):
    name = "killed" if n % 2 else "whole"
    folder = os.path.join(box, "work")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(os.path.join(box, name), folder, symlinks=True)
    what = f"round {n} ({name}): " + damage(folder, os.path.join(box, "killed" if n % 4 < 2 else
                                                                 "whole"))
    before = results(folder)
    before_state = sorted(os.listdir(os.path.join(folder, ".cwflow")))
    for words in rng.sample(LOOKS, 5):
        status, text = call(folder, *words)
        if status not in (0, 1, 2):
            wrong(folder, what, f"{' '.join(words)} ends with {status}", text)
        elif status and not said_ok.search(text):
            wrong(folder, what, f"{' '.join(words)} says nothing of its fault", text)
    if results(folder) != before:
        wrong(folder, what, "looking changed a result", "")
    status, text = call(folder, "-q", "-k", "-j2")
    if status != 1 or "failed: bad" not in text:
        refused = status in (1, 2) and said_ok.search(text) and (
            "folder" in what or "was written by a later version" in text)
        if not refused:
            wrong(folder, what, f"the run ends with {status}", text)
        elif results(folder).keys() < {k for k in want[name] if k.startswith("b/")}:
            wrong(folder, what, "a refused run lost a result", text)
        continue
    after = results(folder)
    if after != want[name]:
        other = sorted(k for k in after.keys() | want[name].keys()
                       if after.get(k) != want[name].get(k))
        wrong(folder, what, f"other results: {other}", text)
    status, text = call(folder, "-n", "-q")
    if status or text.splitlines() != ["bad 1", "all 1", "total 2"]:
        wrong(folder, what, "a further run would do more", text)
print(f"{options.rounds} rounds, {failures} failures")
shutil.rmtree(box)
sys.exit(1 if failures else 0)
