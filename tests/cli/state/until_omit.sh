# -U: up to a rule or file; -O: without it and what depends on it.
workflow <<'WF'
rules:
  all: {input: [c.txt, d.txt]}
  a: {output: a.txt, shell: "touch {output}"}
  b: {input: a.txt, output: b.txt, shell: "touch {output}"}
  c: {input: b.txt, output: c.txt, shell: "touch {output}"}
  d: {output: d.txt, shell: "touch {output}"}
WF
run cwflow -n -q -U b
run cwflow -n -q -U b.txt -U d
run cwflow -n -q -O b
run cwflow -n -q -O ./c.txt
run cwflow -n -q -U bb
run cwflow -q -U b; files
run cwflow -q -O all; files
