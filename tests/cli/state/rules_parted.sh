# A rule that becomes two, and two that become one: each job keeps a record of its own.
put in.txt
workflow <<'WF'
rules:
  all: {input: [a.txt, b.txt]}
  both: {input: in.txt, output: [a.txt, b.txt], shell: "cat {input} | tee a.txt > b.txt"}
WF
cwflow -q
workflow <<'WF'
rules:
  all: {input: [a.txt, b.txt]}
  one: {input: in.txt, output: a.txt, shell: "cat {input} > {output}"}
  two: {input: in.txt, output: b.txt, shell: "cat < {input} > {output}"}
WF
run cwflow -n -q
cwflow -q
run cwflow -n
cwflow --lineage b.txt | grep command
workflow <<'WF'
rules:
  all: {input: [a.txt, b.txt]}
  both: {input: in.txt, output: [b.txt, a.txt, c.txt], shell: "cat {input} | tee a.txt b.txt > c.txt"}
WF
run cwflow -n -q
cwflow -q
run cwflow -n
