workflow <<'EOF'
rules:
  map:
    input: "data/{smaple}.fq"
    output: "map/{sample}.bam"
    shell: cp {input} {output}
EOF
cwflow
