# The outputs of a rule, this job's wildcards put in, others expanded.
workflow <<'EOF'
sets: {sample: [a, b]}
rules:
  all:
    input: {output_of: map, name: bam}
    output: list
    shell: echo {input} > {output}
  index:
    input: {output_of: map}
    output: idx/{sample}
    shell: echo {input} > {output}
  map:
    output: {bam: "map/{sample}.bam", txt: "map/{sample}.txt"}
    shell: touch {output}
EOF
run cwflow -q all idx/z
cat list idx/z
