#!/usr/bin/env python3
"""Every bridge of --sampler map on its real engine: one SHA-256 for all.

bridges.py BUILD [--python PYTHON] [BRIDGE...]

PYTHON has dask, dask-mpi, ipyparallel and pyspark; without it a virtual environment is made
below ~/.cache/cwflow-bench. Prints a table, and says of each engine that it could not run why.
Exit status 0: those that ran gave the same bytes; 77: none ran; 1: one did not.
"""
import argparse
import atexit
import hashlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.join(here, "../..")
bridges = os.path.realpath(os.path.join(root, "examples/abc/bridges"))
services = os.path.realpath(os.path.join(root, "tests/services"))
sys.path.insert(0, os.path.join(root, "bench/abc"))
python_bridges = ["dask", "dask-mpi", "ipyparallel", "spark"]


class CannotRun(Exception):
    pass


def need(program, package):
    if not shutil.which(program):
        raise CannotRun(f"no {program}: Debian package {package}")


def text_of(*command):
    p = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return p.stdout.strip().splitlines()[0] if p.stdout.strip() else "?"


def python():
    """The Python with the PyPI packages."""
    if not options.python:
        import peers
        try:
            options.python = peers.python_with(["dask", "distributed", "dask-mpi", "mpi4py",
                                                "ipyparallel", "pyspark"])
        except SystemExit:
            options.python = ""
    if not options.python:
        raise CannotRun("no virtual environment with the packages of PyPI")
    return options.python


def version(package):
    code = f"from importlib.metadata import version; print(version('{package}'))"
    p = subprocess.run([python(), "-c", code], stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, text=True)
    if p.returncode:
        raise CannotRun(f"PyPI's {package} is not in {python()}")
    return f"{package} {p.stdout.strip()}"


def background(*command, env=None):
    p = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                         start_new_session=True, env=env)

    def end():
        # The whole group, in the end by force: some of these leave children behind.
        for number, seconds in [(signal.SIGTERM, 5), (signal.SIGKILL, 5)]:
            try:
                os.killpg(p.pid, number)
                p.wait(seconds)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass
    atexit.register(end)
    return p


def started(service, name):
    """A cluster of our own: its environment joins ours."""
    state = tempfile.mkdtemp(prefix="cwbr-", dir="/tmp")
    atexit.register(shutil.rmtree, state, ignore_errors=True)
    atexit.register(subprocess.run, [service, "stop", state], stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL)
    out = subprocess.run(["bash", "-c", f'eval "$({service} start {state})" && env -0'],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if out.returncode:
        raise CannotRun(f"{name} does not start: {out.stderr.decode().strip()[-80:]}")
    for entry in out.stdout.split(b"\0"):
        if b"=" in entry:
            key, value = os.fsdecode(entry).split("=", 1)
            os.environ[key] = value


def profile(shipped):
    path = os.path.join(dir, f"fast-{shipped}.yaml")
    with open(path, "w") as f:
        f.write(f"profile: {shipped}\nmax-status-rate: 1/s\nlatency-wait: 5\n")
    return shlex.quote(path)


def single():
    return "cwabc", []


def pool():
    return "Python " + text_of("python3", "--version").split()[-1], [
        f"{bridges}/pool.py 3 {{evaluate}}"]


def parallel():
    need("parallel", "parallel")
    name = text_of("parallel", "--version")
    if "GNU" not in name:
        raise CannotRun("parallel is not GNU's")
    return name, ["parallel -q --pipe -N1 {evaluate}"]


def slurm():
    need("slurmctld", "slurmctld")
    started(f"{services}/slurm", "Slurm")
    return text_of("sinfo", "--version"), [
        f"{bridges}/cluster_map.sh {profile('slurm')} {{evaluate}}",
        f"{bridges}/job_array.sh slurm {{evaluate}}"]


def gridengine():
    need("qsub", "gridengine-client")
    if not os.path.isdir("/usr/lib/gridengine") or os.getuid():
        raise CannotRun("no Grid Engine, or not root")
    started(f"{services}/gridengine", "Grid Engine")
    return text_of("qstat", "-help").strip(), [
        f"{bridges}/cluster_map.sh {profile('sge')} {{evaluate}}",
        f"{bridges}/job_array.sh sge {{evaluate}}"]


def spark():
    name = version("pyspark")
    need("java", "default-jre-headless")
    submit = os.path.join(os.path.dirname(python()), "spark-submit")
    os.environ["PYSPARK_PYTHON"] = python()
    os.environ["SPARK_SUBMIT"] = f"{submit} --master local[2]"
    return name, [f"{bridges}/spark_map.py 4 {{evaluate}}"]


def dask():
    return version("dask"), [f"{python()} {bridges}/dask_map.py local {{evaluate}}"]


def dask_mpi():
    name = version("dask-mpi")
    mpirun = shutil.which("mpirun.openmpi") or shutil.which("mpirun")
    if not mpirun:
        raise CannotRun("no mpirun: Debian package openmpi-bin")
    file = os.path.join(dir, "scheduler.json")
    env = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1",
           "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1"}
    background(mpirun, "-n", "3", python(), "-m", "dask_mpi.cli", "--scheduler-file", file,
               "--worker-class", "distributed.Worker", "--local-directory", dir, env=env)
    for _ in range(600):
        if os.path.exists(file):
            return name + ", 3 ranks", [f"{python()} {bridges}/dask_map.py {shlex.quote(file)} {{evaluate}}"]
        time.sleep(0.1)
    raise CannotRun("dask-mpi does not come up")


def ipyparallel():
    name = version("ipyparallel")
    bin, place = os.path.dirname(python()), os.path.join(dir, "ipython")
    os.environ["IPYTHONDIR"] = place
    background(f"{bin}/ipcontroller", "--ip=127.0.0.1")
    connection = os.path.join(place, "profile_default/security/ipcontroller-engine.json")
    for _ in range(600):
        if os.path.exists(connection):
            break
        time.sleep(0.1)
    for _ in range(2):
        background(f"{bin}/ipengine")
    code = "import ipyparallel; ipyparallel.Client().wait_for_engines(2, timeout=60)"
    if subprocess.run([python(), "-c", code], stderr=subprocess.DEVNULL).returncode:
        raise CannotRun("its engines do not come up")
    return name, [f"{python()} {bridges}/ipyparallel_map.py {{evaluate}}"]


engines = {"single": single, "pool": pool, "parallel": parallel, "slurm": slurm,
           "gridengine": gridengine, "spark": spark, "dask": dask, "dask-mpi": dask_mpi,
           "ipyparallel": ipyparallel}
parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("build")
parser.add_argument("--python")
parser.add_argument("bridge", nargs="*")
options = parser.parse_intermixed_args()
build = os.path.abspath(options.build)
os.environ["PATH"] = os.path.join(build, "bin") + ":" + os.environ["PATH"]
dir = tempfile.mkdtemp(prefix="cwabc bridges-", dir="/tmp")
atexit.register(shutil.rmtree, dir, ignore_errors=True)
os.chdir(dir)
with open(os.path.join(here, "problems/height.yaml")) as f:
    text = f.read()
with open("it's a problem.yaml", "w") as f:
    f.write(text.replace("[10, 5, 2, 1]", "[10, 5]"))


def run(command):
    """Seconds and SHA-256 of a run."""
    for left in ["run.db", "run.db.part"]:
        subprocess.run(["rm", "-rf", left])
    start = time.monotonic()
    how = ["--sampler", "map", "-j", "2", "--map-command", command] if command else []
    p = subprocess.run(["cwabc", "run", "it's a problem.yaml", "-q", "-o", "run.db", *how],
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
    if p.returncode:
        return time.monotonic() - start, "failed: " + p.stdout.strip()[-300:]
    csv = subprocess.run(["cwabc", "show", "run.db", "--csv"], check=True,
                         stdout=subprocess.PIPE).stdout
    return time.monotonic() - start, hashlib.sha256(csv).hexdigest()


def meets(command):
    """Whether two tasks run at the same time: each waits for another."""
    place = tempfile.mkdtemp(dir=dir)
    script = os.path.join(place, "meet")
    with open(script, "w") as f:
        f.write("""#!/bin/sh
while read -r line; do
    : >"$1/met.$$"
    n=0
    until [ "$(ls "$1" | grep -c met)" -gt 1 ] || [ $n = 600 ]; do sleep 0.1; n=$((n + 1)); done
    [ $n = 600 ] && echo alone || echo "$line"
done
""")
    os.chmod(script, 0o755)
    p = subprocess.run(["sh", "-c", command.replace("{evaluate}", shlex.join([script, place]))],
                       input="".join(f"{k}\n" for k in range(8)), stdout=subprocess.PIPE,
                       stderr=subprocess.DEVNULL, text=True)
    return sorted(p.stdout.split()) == [str(k) for k in range(8)]


want = run(None)[1]
ran, bad = 0, 0
print("| bridge | engine | seconds | SHA-256 of `show --csv` |\n| --- | --- | --- | --- |")
for name in options.bridge or engines:
    try:
        engine, commands = engines[name]()
    except CannotRun as why:
        print(f"| {name} | not run: {why} | | |", flush=True)
        continue
    for command in commands or [None]:
        seconds, sha = run(command)
        ran += 1
        bad += sha != want
        if command and name not in ["slurm", "gridengine"] and not meets(command):
            print(f"{name}: one task after the other", flush=True)
            bad += 1
        via = " (profile)" if command and "cluster_map" in command else ""
        print(f"| {name}{via} | {engine} | {seconds:.1f} | {sha if sha != want else sha[:16]}"
              f"{'' if sha == want else ' DIFFERS'} |", flush=True)
sys.exit(1 if bad else 0 if ran else 77)
