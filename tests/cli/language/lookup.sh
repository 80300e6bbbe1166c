# The column of the rows that match; a row that is not there: the rule does not apply.
put s.tsv "sample	fq
a	data/1.fq
b	data/2.fq
b	data/3.fq"
mkdir data; touch data/1.fq data/2.fq data/3.fq
workflow <<'EOF'
sets: {samples: {table: s.tsv}}
rules:
  all: {input: {expand: "out/{s}", s: [a, b]}}
  map:
    input: {lookup: samples, where: {sample: "{sample}"}, column: fq}
    output: out/{sample}
    shell: echo {input} > {output}
EOF
run cwflow -q
cat out/a out/b
run cwflow -n out/c
