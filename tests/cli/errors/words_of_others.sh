# Keys that other engines have.
workflow <<'X'
workdir: results
localrules: [a]
rules:
  a: {output: o, run: "x", temp: true}
  b: {output: p, checkpoint: true, singularity: image, shell: x}
X
cwflow
