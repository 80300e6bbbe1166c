# Two engines in one folder, with --nolock: the second keeps no records, and says so.
workflow <<'WF'
rules:
  a: {output: a.txt, shell: "touch started; while ! test -e go; do sleep 0.05; done; echo a > {output}"}
  b: {output: b.txt, shell: "echo b > {output}"}
WF
cwflow -q a &
pid=$!
until [ -e started ]; do sleep 0.05; done
run cwflow -q --nolock b
touch go
wait $pid
run cwflow -n a b
