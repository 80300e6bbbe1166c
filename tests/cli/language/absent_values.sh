# An empty plain value is as if its key were not there, wherever it stands.
workflow <<'X'
config:
  k: 1
  gone:
sets:
  t: {columns: {a: [1, 1], b: [x, y]}}
  none:
wildcard_constraints:
  s:
rules:
  all:
    input:
      first:
      rest: [a.o, b.q]
  r:
    when:
      config.nowhere:
      config.k: 1
    output:
      o: "{s}.o"
      p:
    input:
      i:
      j: {lookup: t, where: {a: 1, b: }, column: b}
    log:
    threads:
    resources:
      mem:
      gpus: 1
    params:
      p:
      q: 2
    env:
      SET: ""
      UNSET:
    wildcard_constraints:
      s:
    shell: echo {input} {params.q} "[$SET]" "[${{UNSET-unset}}]" > {output.o}
  q: {output: "{m}.q", input: {switch: "{m}", cases: {a: , b: []}}, shell: "touch {output}"}
  d: {output: d, input: {lookup: t, where: {a: 3}, column: b, default: }, shell: "touch d"}
X
touch x y
run cwflow -q
cat a.o
run cwflow a.q
run cwflow d
