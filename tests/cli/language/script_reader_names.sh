# Names that lists and mappings of Python have too, params by number, names of any bytes.
need python3
put x.py 'import os, sys
sys.path.insert(0, os.environ["CWFLOW_SHARE"])
from cwflow_job import job
with open(job.output[0], "w") as f:
    print(job.input.index, job.input.count, job.params.items, job.params[0], file=f)
    print(job.params[1:] if False else job.params[1], len(job.params), file=f)
    print(os.path.exists(job.input[0]), ascii(job.wildcards.w), file=f)
assert os.fsencode(job.output[0]) == os.fsencode(job.wildcards.w) + b".out"'
workflow <<'EOT'
rules:
  p:
    input: ["{w}.in", {index: i.txt, count: [i.txt, i.txt]}]
    output: "{w}.out"
    params: [first, {items: 3}]
    script: x.py
EOT
put i.txt
touch $'\xff\xc3 \xc3\xa9.in'
run cwflow -q $'\xff\xc3 \xc3\xa9.out'
cat $'\xff\xc3 \xc3\xa9.out'
