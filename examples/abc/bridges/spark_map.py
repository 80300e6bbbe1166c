#!/usr/bin/env python3
"""Maps the lines of standard input over Spark executors with RDD.pipe.

    export SPARK_SUBMIT='spark-submit --master spark://host:7077'    # default: spark-submit
    cwabc run PROBLEM.yaml -o RUN.db --sampler map -j 16 \
        --map-command './spark_map.py 16 {evaluate}'

The executors must see the problem's folder and cwabc under the same paths. The lines go to the
driver in a file, since spark-submit passes no standard input on.
"""
import os
import shlex
import subprocess
import sys
import tempfile


def submit(slices, command):
    with tempfile.NamedTemporaryFile("w") as lines:
        lines.write(sys.stdin.read())
        lines.flush()
        spark_submit = shlex.split(os.environ.get("SPARK_SUBMIT", "spark-submit"))
        return subprocess.call([*spark_submit, __file__, "--driver", lines.name, slices, *command],
                               stdin=subprocess.DEVNULL)


def drive(path, slices, command):
    from pyspark import SparkContext

    sc = SparkContext(appName="cwabc")
    sc.setLogLevel("ERROR")
    with open(path) as f:
        lines = f.read().splitlines()
    for out in sc.parallelize(lines, int(slices)).pipe(shlex.join(command)).toLocalIterator():
        print(out, flush=True)
    sc.stop()


if __name__ == "__main__":
    if sys.argv[1] == "--driver":
        drive(sys.argv[2], sys.argv[3], sys.argv[4:])
    else:
        sys.exit(submit(sys.argv[1], sys.argv[2:]))
