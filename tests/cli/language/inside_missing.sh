# A file in a folder that its job did not put there is a failure that names it.
workflow <<'X'
rules:
  all: {input: [d/a.txt, d/b.txt]}
  mk: {output: {path: d, directory: true}, shell: "mkdir d; touch d/a.txt"}
X
run cwflow
