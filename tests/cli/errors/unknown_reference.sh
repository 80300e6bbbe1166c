workflow <<'EOF'
config: {threshold: 1}
rules:
  a:
    input: {reads: x}
    output: {bam: y}
    params: {level: 1}
    shell: cmd {input.raeds} {output.bma} {params.levle} {config.treshold} {log} {resources.mem_mb} {foo}
EOF
cwflow
