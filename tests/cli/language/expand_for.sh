# Names of columns, of the table named by `for`.
put s.csv 'id,"the lane"
a,1
"b,c",2'
workflow <<'EOF'
sets: {t: {table: s.csv}}
rules:
  all:
    input: {expand: "out/{id}.txt", for: t}
    output: list
    shell: printf '%s\n' {input} > {output}
  mk:
    output: "out/{x}.txt"
    shell: touch {output}
EOF
run cwflow -q -j1
cat list
