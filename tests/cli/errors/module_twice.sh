# What is wrong in a module that is used twice is told once.
workflow <<'X'
include:
  - {path: m.yaml, as: a_, prefix: a/}
  - {path: m.yaml, as: b_, prefix: b/}
rules:
  all: {input: [{output_of: a_r}, {output_of: b_r}]}
X
workflow m.yaml <<'X'
rules:
  r: {output: r, shell: "echo {x} > {output}"}
X
run cwflow -n
workflow m.yaml <<'X'
rules: [
X
run cwflow -n
