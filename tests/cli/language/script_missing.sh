# A script that is not there is told before anything runs, where the rule says it ...
workflow <<'X'
rules:
  all: {input: [a, b]}
  a: {output: a, script: gone.py}
  b:
    output: b
    script: "{workflow.dir}/scripts/gone too.sh"
  unneeded: {output: c, script: never.py}
X
run cwflow -q
run cwflow -n -q
files
# ... also where the name is the configuration's.
workflow <<'X'
config: {tool: absent}
rules:
  a: {output: a, script: "{config.tool}.py"}
X
run cwflow -q
# One that a rule makes is waited for, one named by a wildcard is looked for by its job.
workflow <<'X'
rules:
  all: {input: [made, x.out, y.out]}
  write:
    output: bin/tool.sh
    shell: printf '#!/bin/sh\necho made > made\n' > {output}; chmod +x {output}
  made: {input: bin/tool.sh, output: made, script: bin/tool.sh}
  each: {output: "{s}.out", script: "{s}.sh"}
X
put x.sh 'echo x > x.out'
run cwflow -q -k
cat made x.out
# Behind a step that others wait for: as far as names tell it.
workflow <<'X'
rules:
  all: {input: sum}
  split: {output: {path: parts, directory: true}, shell: "mkdir {output}; touch {output}/1 {output}/b"}
  pre: {input: "parts/{i}", output: "pre/{i}", script: gone.py}
  work: {input: "pre/{i}", output: "done/{i}", script: "{workflow.dir}/also gone.py"}
  never: {input: "parts/{i}", output: "never/{i}", script: never.py}
  sum: {input: {expand: "done/{i}", i: {glob: "parts/{i}", after: split}}, output: sum, shell: "cat {input} > {output}"}
X
run cwflow -q
ls -d parts
# What only a job tells is left to it.
workflow <<'X'
config: {l: [x, y]}
rules:
  all: {input: sum}
  split: {output: {path: parts, directory: true}, shell: "mkdir {output}; touch {output}/1"}
  work: {input: "parts/{i}", output: "done/{i}", shell: "cp {input} {output}"}
  more: {input: "done/{i}", output: "more/{i}", script: "{config.l}"}
  sum: {input: {expand: "more/{i}", i: {glob: "parts/{i}", after: split}}, output: sum, shell: "cat {input} > {output}"}
X
run cwflow -q -n
