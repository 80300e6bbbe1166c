# Columns of one table go together row by row.
put s.tsv "id	lane
a	1
b	2"
workflow <<'EOF'
sets: {t: {table: s.tsv}, e: [x, y]}
rules:
  all:
    input: {expand: "{t.id}_{t.lane}.{e}"}
    output: list
    shell: printf '%s\n' {input} > {output}
  mk:
    output: "{id}_{lane,\\d}.{e,[xy]}"
    shell: touch {output}
EOF
run cwflow -q -j1
cat list
