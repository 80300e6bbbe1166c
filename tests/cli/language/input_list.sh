# A file that holds the items, for very many.
workflow <<'EOF'
sets: {i: {from: 1, to: 300}}
rules:
  all:
    input: {expand: "f/{i}"}
    output: sum
    shell: wc -l < {input:list} > {output}; head -2 {input:list} >> {output}
  mk:
    input: src
    output: "f/{i}"
    shell: touch {output}
EOF
touch src
mkdir f; (cd f; seq 300 | xargs touch)
run cwflow -q
cat sum
ls .cwflow/jobs
