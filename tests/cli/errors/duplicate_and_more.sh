# Doubled keys do not hide what else is wrong.
workflow <<'X'
config: {a: 1, a: 2}
rules:
  a: {output: a, shell: "echo {nope} > a"}
  b: {output: b, shel: "x"}
  b: {output: c, shell: "x"}
  d: {output: {multiext: g, ext: []}, shell: "x"}
X
run cwflow -n
