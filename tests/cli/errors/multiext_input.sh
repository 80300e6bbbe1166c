# multiext is for outputs; what to write for inputs is said.
workflow <<'X'
rules:
  b: {input: {multiext: "q", ext: [.1, .2]}, output: b, shell: "ls {input} > {output}"}
  c: {input: {n: {multiext: "q", ext: [.1]}}, output: c, shell: "ls {input} > {output}"}
X
cwflow -n
