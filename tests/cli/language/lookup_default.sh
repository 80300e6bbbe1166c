# A default in place of a row.
put s.tsv "sample	fq
a	1"
put none.txt
workflow <<'EOF'
sets: {samples: {table: s.tsv}}
rules:
  all: {input: [out/a, out/b]}
  map:
    input: {lookup: samples, where: {sample: "{sample}"}, column: fq, default: none.txt}
    output: out/{sample}
    params: {p: {lookup: samples, where: {sample: "{sample}"}, column: fq, default: none}}
    shell: echo {input} {params.p} > {output}
  one: {output: "1", shell: touch 1}
EOF
run cwflow -q
cat out/a out/b
