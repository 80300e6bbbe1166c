# What is wrong in one place is no unknown name in another; and all of a rule is looked at.
workflow <<'X'
defaults: {message: hello, resources: {gpu: 1}}
sets:
  both: {glob: "data/{both}.txt", table: t.csv}
  pairs: {columns: {a: [1, 2], b: [x]}}
rules:
  all:
    input: [{expand: "{both.x}{pairs.b}"}]
    params: {v: "{config.none}"}
    shell: echo {params.v} {resources.gpu} {input}
  wrong:
    output: "{rule}.txt"
    resources: [gpu]
    env: [A]
    params: {threads: 2}
    shell: echo {x} {output} {resources.gpu} {params.n} {attemt}
X
run cwflow -n -q
workflow <<'X'
rules:
  one: {output: {path: one, directory: true, sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855}, shell: "mkdir {output}"}
X
run cwflow -n -q
workflow <<'X'
rules:
  one: {output: one, benchmark: [b1.tsv, b2.tsv], shell: "touch {output}"}
X
run cwflow -n -q
