workflow <<'EOF'
rules:
  a:
    input: [i, j]
    output: [x, y]
    shell: cat < {input} > {output}
EOF
cwflow
