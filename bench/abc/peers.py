"""What the comparisons share: a Python with pyABC, a Redis server, problems, clean-up."""
import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

here = os.path.dirname(os.path.abspath(__file__))
services = os.path.join(here, "../../tests/services")


# What was started ends with the script, however that ends.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def cannot(why):
    """Ends the script as a test that is skipped."""
    print("cannot compare: " + why)
    sys.exit(77)


def python_with(packages, given=None):
    """`given`, or the python of a virtual environment that holds the packages: made where it
    is missing, below ~/.cache/cwflow-bench (CWFLOW_BENCH_VENVS)."""
    if given:
        return given
    base = os.environ.get("CWFLOW_BENCH_VENVS",
                          os.path.expanduser("~/.cache/cwflow-bench"))
    path = os.path.join(base, "-".join(p.split("=")[0] for p in packages))
    python = os.path.join(path, "bin/python")
    if not os.path.exists(os.path.join(path, "complete")):
        print(f"# making {path}", flush=True)
        for command in [[sys.executable, "-m", "venv", path],
                        [python, "-m", "pip", "-q", "install", *packages]]:
            p = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True)
            if p.returncode:
                cannot(f"no virtual environment with {', '.join(packages)}: "
                       f"{p.stdout.strip().splitlines()[-1:]}")
        open(os.path.join(path, "complete"), "w").close()
    return python


def folder():
    path = tempfile.mkdtemp(prefix="cwabc-bench-")
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


class Redis:
    """A server of our own: .host, .port, .password; ends with the script."""

    def __init__(self):
        if not shutil.which("redis-server"):
            cannot("redis-server is not installed")
        self.dir = folder()
        self.service = os.path.join(services, "redis")
        out = subprocess.run([self.service, "start", self.dir], check=True,
                             stdout=subprocess.PIPE, text=True).stdout
        atexit.register(subprocess.run, [self.service, "stop", self.dir])
        env = dict(line.removeprefix("export ").split("=", 1) for line in out.splitlines())
        self.host, self.port = env["REDIS_HOST"], env["REDIS_PORT"]
        self.password = env["REDISCLI_AUTH"]
        self.env = {**os.environ, "CWABC_REDIS_PASSWORD": self.password}


children = []


@atexit.register
def _end_children():
    for p in children:
        if p.poll() is None:
            p.kill()


def start(command, **options):
    p = subprocess.Popen(command, text=True, **options)
    children.append(p)
    return p


def wait_until(condition, seconds):
    """Whether it came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def library(build, name):
    """One of the C models here, compiled as a shared library."""
    out = os.path.join(folder(), name + ".so")
    subprocess.run(["cc", "-O2", "-fPIC", "-shared", "-I", os.path.join(build, "include"),
                    os.path.join(here, name + ".c"), "-o", out, "-lm"], check=True)
    return out


def load():
    return f"load {os.getloadavg()[0]:.1f}"
