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
        # The driver lives for some seconds: not worth a JVM's second compiler, nor a web page.
        quick = ["--driver-java-options", "-XX:TieredStopAtLevel=1",
                 "--conf", "spark.ui.enabled=false"]
        driver = [__file__, "--driver", lines.name, slices, *command]
        return subprocess.call([spark_submit[0], *quick, *spark_submit[1:], *driver],
                               stdin=subprocess.DEVNULL)


def drive(path, slices, command):
    from pyspark import SparkContext

    sc = SparkContext(appName="cwabc")
    sc.setLogLevel("ERROR")
    with open(path) as f:
        lines = f.read().splitlines()
    # collect() runs all partitions at once; toLocalIterator() would run one after the other.
    for out in sc.parallelize(lines, int(slices)).pipe(shlex.join(command)).collect():
        print(out)
    sc.stop()


if __name__ == "__main__":
    if sys.argv[1] == "--driver":
        drive(sys.argv[2], sys.argv[3], sys.argv[4:])
    else:
        sys.exit(submit(sys.argv[1], sys.argv[2:]))
