# Wrong kinds at the top level are told beside an include or a configuration that is missing.
workflow <<'X'
sets: [a]
rules: [a]
envvars: [[a]]
shell: bash
defaults: x
wildcard_constraints: [a]
include: x.yaml
cwflow: [a]
X
run cwflow -n
workflow <<'X'
configfile: nope.yaml
sets: {a: "{config.list}", b: {from: 1, to: 2, step: 0}}
defaults: [a]
rules:
  a: {output: "{config.x}", shell: "touch {output}"}
X
run cwflow -n
# An item and a set have one source each.
workflow <<'X'
sets: {t: {columns: {a: [1], b: [2]}}, r: {from: 1, to: 99999999999999999999}}
rules:
  a: {output: "a", input: [{path: x, lookup: t, column: a}, {expand: "{r}", output_of: b}], shell: "touch a"}
  b: {output: b, input: {expand: "x/{i}", i: {glob: "p/{i}", lines: ids, after: c}}, shell: "touch b"}
  c: {output: c, params: {p: {switch: "{config.x}", expand: "{t.a}", cases: {}}}, shell: "touch c"}
X
run cwflow -n
