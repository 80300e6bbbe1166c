# Tables that cannot be read are told together.
put d.csv $'a,a\n1,2'
put r.csv $'a,b\n1,2\n3'
workflow <<'X'
sets: {d: {table: d.csv}, r: {table: r.csv}, n: {table: nope.tsv}, l: {lines: nowhere}, unused: {lines: never}}
rules:
  all: {input: [a, b, c, d]}
  a: {input: [{expand: "{r.a}"}], output: a, shell: "touch a"}
  b: {input: [{expand: "{d.a}"}], output: b, shell: "touch b"}
  c: {input: [{expand: "{n.a}"}], output: c, shell: "touch c"}
  d: {input: [{expand: "{l}"}], output: d, shell: "touch d"}
X
cwflow
