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
run cwflow --accept a.txt -n
cwflow --accept b.txt -n >/dev/full
run cwflow --accept a.txt
run cwflow -n
put in.txt again
rm c.txt
run cwflow --touch -n
run cwflow --touch
run cwflow -n -q
run cwflow --accept nothing.txt
# a temporary output that is gone is marked as it was
mkdir temp && cd temp || exit
workflow <<'WF'
rules:
  all: {input: c.txt}
  b: {input: a.txt, output: {path: b.tmp, temp: true}, shell: "cat {input} > {output}"}
  c: {input: b.tmp, output: c.txt, shell: "cat {input} > {output}"}
WF
put a.txt one
cwflow -q
put a.txt two
run cwflow -n -q
run cwflow --touch
run cwflow -n
rm .cwflow/snapshot .cwflow/journal
run cwflow -n
put a.txt three
cwflow -q
cat c.txt
