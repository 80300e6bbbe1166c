# What includes a module says of its rules what it says of its own, by their full names.
mkdir -p mod/inner
workflow mod/inner/W.yaml <<'X'
rules:
  q: {output: q.txt, shell: "echo {rule} > {output}"}
X
workflow mod/W.yaml <<'X'
include: [{path: inner/W.yaml, as: k_, prefix: k/}]
sets: {s: [a, b]}
rules:
  all: {input: {output_of: k_q}}
  r: {input: "in/{x}.txt", output: "r/{x}.txt", shell: "cat {input} > {output}; echo {rule} >> {output}"}
  split: {output: {path: parts, directory: true}, shell: "mkdir -p {output}; touch {output}/1 {output}/2"}
X
workflow <<'X'
include: [{path: mod/W.yaml, as: m_, prefix: map/}]
sets: {x: [a, b]}
ruleorder: [better, m_r]
rules:
  all: {input: [{output_of: m_r}, {output_of: m_k_q}, mine/c.txt, parts.txt]}
  make: {output: "in/{z}.txt", shell: "echo {z} > {output}"}
  mine: {extends: m_r, output: "mine/{x}.txt"}
  better: {output: map/r/b.txt, shell: "echo better > {output}"}
  parts:
    input: {expand: "map/parts/{i}", i: {glob: "map/parts/{i}", after: m_split}}
    output: parts.txt
    shell: echo {input} > {output}
X
run cwflow -q
cat map/r/a.txt map/r/b.txt map/k/q.txt mine/c.txt parts.txt
# Not by the names they have inside, and not those of a module beside.
workflow <<'X'
include:
  - {path: mod/W.yaml, as: m_, prefix: map/}
  - {path: other.yaml, as: o_}
rules:
  a: {input: [{output_of: r}, {output_of: k_q}], output: a, shell: "touch a"}
  b: {input: {output_of: m_rr}, output: b, shell: "touch b"}
X
workflow other.yaml <<'X'
rules: {c: {input: {output_of: m_r}, output: c, shell: "touch c"}}
X
run cwflow
