# --delete-temp-output: temporary outputs only.
workflow <<'WF'
rules:
  all: {input: b.txt}
  a: {output: {path: tmp/a.txt, temp: true}, shell: "echo a > {output}"}
  b: {input: tmp/a.txt, output: b.txt, shell: "cat {input} > {output}"}
WF
cwflow -q --notemp
run cwflow --delete-temp-output -n
run cwflow --delete-temp-output
files
run cwflow -n
run cwflow --delete-temp-output
