# Looking never waits for a run, and a second run is refused with the words who has it.
workflow <<'WF'
rules:
  all: {input: [a.txt, b.txt]}
  a: {output: a.txt, shell: "echo a > {output}"}
  b: {input: a.txt, output: b.txt, shell: "touch started; while ! test -e go; do sleep 0.05; done; echo b > {output}"}
WF
cwflow -q &
pid=$!
until [ -e started ]; do sleep 0.05; done
run cwflow -n -q
cwflow -S | cut -f1,5,6
run cwflow --unlock
run cwflow -q 2>&1 | sed 's/on [^ ]* since/on HOST since/'
touch go
wait $pid
run cwflow -n
