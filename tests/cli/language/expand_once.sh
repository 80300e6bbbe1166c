# Equal results of an expansion are taken once, wherever its values come from.
printf 'a\nb\na\n' >lines.txt
{ echo "id	x"; for i in 1 2 3 1 4 2; do echo "s$i	k"; done; } >t.tsv
seq 1 70 | sed 's/^\(.*\)$/v\1/; p' >many.txt
workflow <<'EOT'
sets:
  l: {lines: lines.txt}
  m: {lines: many.txt}
  t: {table: t.tsv}
  u: [p, q, p]
rules:
  all: {input: [one.txt, two.txt, three.txt, many.txt.n]}
  one: {input: {expand: "o/{l}"}, output: one.txt, shell: "echo {input} > {output}"}
  two: {input: {expand: ["o/{t.id}_{u}", "o/./{t.id}_q", "o/{u}"]}, output: two.txt, shell: "echo {input} > {output}"}
  three: {input: [{expand: "o/{u}"}, {expand: "o/{u}"}], output: three.txt, shell: "echo {input} > {output}"}
  many: {input: {expand: "o/{m}"}, output: many.txt.n, shell: "echo {input} | wc -w > {output}"}
  make: {output: "o/{x}", shell: "echo {x} > {output}"}
EOT
run cwflow -q
cat one.txt two.txt three.txt many.txt.n
