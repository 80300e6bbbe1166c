# --verify reads results again.
workflow <<'WF'
rules:
  all: {input: [b.txt, c.txt, done]}
  a: {input: in.txt, output: {path: a.txt, temp: true}, shell: "cat {input} > {output}"}
  b: {input: a.txt, output: b.txt, shell: "cat {input} > {output}"}
  c: {input: in.txt, output: c.txt, shell: "cat {input} > {output}"}
  d: {input: c.txt, output: {path: done, touch: true}, shell: "true"}
WF
put in.txt text
run cwflow --verify
cwflow -q
run cwflow --verify
# the same size and time, other bytes
stamp=$(stat -c %y b.txt)
printf 'tixt\n' >b.txt; touch -d "$stamp" b.txt
run cwflow -n
run cwflow --verify
rm c.txt
run cwflow --verify
run cwflow --verify b.txt
# results of other targets, and of rules that are no more
cwflow -q -j2
cat >>Workflowfile <<'WF'
  e: {input: in.txt, output: aside/e.txt, shell: "cat {input} > {output}"}
WF
cwflow -q e
run cwflow --verify
sed -i '/^  e:/d' Workflowfile
echo other >aside/e.txt
run cwflow --verify
run cwflow --verify b.txt
