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
