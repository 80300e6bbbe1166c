# An output that nobody needs is there all the same.
workflow <<'X'
rules:
  all: {input: a}
  two: {output: [a, b], shell: "touch {output}"}
X
run cwflow -q
run cwflow --summary | cut -f 1,3-
rm b
run cwflow --summary | cut -f 1,3-
