#!/usr/bin/env python3
import os
from gencommon import parse, CMD

a, src, jobs, targets = parse()
cmd = CMD[a.cmd].format(o="{output}", i="{input}")
shell = "shell: {executable: sh}\n" if a.style == "sh" else ""
ONE = f'''rules:
  proc:
    input: data/0.txt
    output: processed/0.dat
    shell: "{cmd}"
'''
WIDE = f'''sets:
  i: {{glob: "data/{{i}}.txt"}}
rules:
  all:
    input: result.txt
  proc:
    input: "data/{{i}}.txt"
    output: "processed/{{i}}.dat"
    shell: "{cmd}"
  gather:
    input: {{expand: "processed/{{i}}.dat"}}
    output: result.txt
    shell: ": > {{output}}"
'''
CHAIN = f'''rules:
  all:
    input: c/{a.n}.t
  step:
    input: "c/{{i-1}}.t"
    output: "c/{{i,[1-9][0-9]*}}.t"
    shell: "{cmd}"
'''
DIAMOND = f'''sets:
  i: {{from: 0, to: {a.n // 2 - 1}}}
rules:
  all:
    input: result.txt
  left:
    input: source.txt
    output: "a/{{i}}.t"
    shell: "{cmd}"
  right:
    input: "a/{{i}}.t"
    output: "b/{{i}}.t"
    shell: "{cmd}"
  gather:
    input: {{expand: "b/{{i}}.t"}}
    output: result.txt
    shell: ": > {{output}}"
'''


def layers():
    """One table row a job: its three inputs, found by `lookup`."""
    last = a.n // 1000
    with open(os.path.join(a.outdir, "inputs.tsv"), "w") as f:
        f.write("l\tm\tpath\n")
        for rule, out, ins in jobs:
            if rule == "mix":
                lay, m = out[1:-2].split("/")
                for path in ins:
                    f.write(f"{lay}\t{m}\t{path}\n")
    return f'''sets:
  inputs: {{table: inputs.tsv}}
  m: {{from: 0, to: 999}}
rules:
  all:
    input: result.txt
  mix:
    input: {{lookup: inputs, where: {{l: "{{l}}", m: "{{m}}"}}, column: path}}
    output: "L{{l,[1-9][0-9]*}}/{{m}}.t"
    shell: "{cmd}"
  gather:
    input: {{expand: "L{last}/{{m}}.t"}}
    output: result.txt
    shell: ": > {{output}}"
'''


text = {"one": lambda: ONE, "wide": lambda: WIDE, "chain": lambda: CHAIN,
        "diamond": lambda: DIAMOND, "layers": layers}[a.graph]()
with open(os.path.join(a.outdir, "Workflowfile"), "w") as f:
    f.write(shell + text)
