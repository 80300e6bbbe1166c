# Rows of a table by their values.
put s.tsv "id	group
a	case
b	control
c	case"
workflow <<'EOF'
sets:
  t: {table: s.tsv}
  cases: {table: s.tsv, where: {group: case}}
rules:
  all:
    input: {expand: "{cases.id}.txt"}
    output: list
    shell: echo {input} > {output}
  mk:
    output: "{x}.txt"
    shell: touch {output}
EOF
run cwflow -q -j1
cat list
workflow <<'X'
sets:
  n: {from: 1, to: 9, where: {n: 4}}
  line: {lines: lines.txt, where: {line: b}}
rules:
  all: {params: [{expand: "{n}"}, {expand: "{line}"}], output: out.txt, shell: "echo {params} > {output}"}
X
printf 'a\nb\n' >lines.txt
run cwflow -q out.txt
cat out.txt
