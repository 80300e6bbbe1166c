# kill -9: the next run finds what was finished finished, and what was not not.
workflow <<'WF'
rules:
  all: {input: [a.txt, b.txt]}
  a: {output: a.txt, shell: "echo a > {output}; echo a >> ran"}
  b: {input: a.txt, output: b.txt, shell: "echo half > {output}; echo b >> ran; test -e go || (: > waits; sleep 300); echo whole >> {output}"}
WF
cwflow -q &
pid=$!; disown
until [ -e waits ]; do sleep 0.05; done
kill -9 $pid
while kill -0 $pid 2>/dev/null; do sleep 0.01; done
touch go
run cwflow -n -q
cwflow -q
cat b.txt ran
run cwflow -n
