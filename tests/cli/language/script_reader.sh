# The readers of $CWFLOW_JOB for Python and R.
need python3
put a.txt hello; put b.txt world
put x.py 'import os, sys
sys.path.insert(0, os.environ["CWFLOW_SHARE"])
from cwflow_job import job
with open(job.output.o, "w") as f:
    print(job.rule, job.wildcards.w, job.input[0], job.input["x"], job.input.l, file=f)
    print(job.params.n, job.params.d.e[1], job.threads, job.attempt, job.config.k.m, file=f)
    print(job.input, list(job.log), job.resources.mem_mb + 1, file=f)
    try:
        job.params.gone
    except AttributeError as e:
        print(e, file=f)'
workflow <<'EOT'
config: {k: {m: v}}
rules:
  p:
    input: {x: a.txt, l: [a.txt, b.txt]}
    output: {o: "{w}.py.out"}
    log: p/{w}.log
    params: {n: 10, d: {e: [1, 2]}}
    resources: {mem_mb: 9}
    script: x.py
EOT
run cwflow -q u.py.out
cat u.py.out
