# --touch marks what is there; --accept one file.
workflow <<'WF'
rules:
  all: {input: [b.txt, c.txt]}
  a: {input: in.txt, output: a.txt, shell: "cat {input} > {output}"}
  b: {input: a.txt, output: b.txt, shell: "cat {input} > {output}"}
  c: {input: a.txt, output: c.txt, shell: "cat {input} > {output}"}
WF
put in.txt; cwflow -q
put in.txt changed
run cwflow -n -q
run cwflow --accept a.txt
run cwflow -n
put in.txt again
rm c.txt
run cwflow --touch
run cwflow -n -q
run cwflow --accept nothing.txt
