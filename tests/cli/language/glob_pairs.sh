# Several wildcards make a table.
mkdir fq; touch fq/a_1.fq fq/a_2.fq fq/b_1.fq
workflow <<'EOF'
sets:
  reads: {glob: "fq/{sample}_{mate,[12]}.fq"}
rules:
  all:
    input: {expand: "out/{reads.sample}.{reads.mate}"}
    output: list
    shell: echo {input} > {output}
  mk:
    input: "fq/{s}_{m}.fq"
    output: "out/{s}.{m}"
    shell: touch {output}
EOF
run cwflow -q -j1
cat list
