# Outputs are not removed under a run that goes on; with -n it is only said which.
workflow <<'WF'
rules:
  all: {input: [a.txt, b.txt]}
  a: {output: a.txt, shell: "touch {output}"}
  b: {input: a.txt, output: b.txt, shell: "touch begun; until test -e go; do sleep 0.02; done; touch {output}"}
WF
run cwflow --delete-all-output
ls -A
cwflow -q 2>/dev/null &
until [ -e begun ]; do sleep 0.02; done
cwflow --delete-all-output 2>&1 | sed 's/folder: .*/folder/'
run cwflow --delete-all-output -n
run cwflow --delete-all-output -n --nolock
touch go
wait
run cwflow --delete-all-output
