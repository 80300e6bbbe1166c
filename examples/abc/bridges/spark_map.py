"""Maps the lines of standard input over Spark executors with RDD.pipe.

    cwabc run PROBLEM.yaml -o RUN.db --sampler map -j 16 \
        --map-command 'spark-submit spark_map.py 16 {evaluate}'

The executors must see the problem's folder and cwabc under the same paths.
"""
import shlex
import sys

from pyspark import SparkContext

slices, command = int(sys.argv[1]), shlex.join(sys.argv[2:])
sc = SparkContext(appName="cwabc")
sc.setLogLevel("ERROR")
lines = [line.rstrip("\n") for line in sys.stdin]
for out in sc.parallelize(lines, slices).pipe(command).toLocalIterator():
    print(out, flush=True)
sc.stop()
