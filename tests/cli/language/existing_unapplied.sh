# An existing file whose rules do not apply is a source, and why is said.
workflow <<'X'
sets:
  t: {columns: {s: [b], g: [in]}}
rules:
  all: {input: [a.o, b.o, gen_2, in.p]}
  r: {output: "{w}.o", input: {lookup: t, where: {s: "{w}"}, column: g}, shell: "cp {input} {output}"}
  s: {output: "a.{o}", input: {switch: "{o}", cases: {x: y}}, shell: "cp {input} {output}"}
  g: {output: "gen_{t}", input: "gen_{t-1}", shell: "cp {input} {output}"}
X
touch a.o gen_0 in in.p
run cwflow -q
# A table that is wrong is told once, however many sets read it.
put t.csv $'a,b\n1'
workflow <<'X'
sets: {t: {table: t.csv}, u: {table: t.csv, where: {a: 1}}}
rules:
  all: {output: o, input: [{expand: "{t.a}"}, {expand: "{u.b}"}], shell: "touch o"}
X
run cwflow -q
