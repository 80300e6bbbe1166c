# Files, rules, sources, what is not known.
workflow <<'TXT'
rules:
  all: {input: [x.out, y.out]}
  copy: {input: "{f}.in", output: "{f}.out", shell: "cp {input} {output}"}
TXT
put x.in
put y.in
run cwflow x.out
run cwflow ./y.out
run cwflow x.in
run cwflow copy
run cwflow al
run cwflow z.out
run cwflow "$PWD/x.out" -n
