workflow <<'EOF'
rules:
  a:
    input: {x}
    output: {sample}.txt
    shell: touch {output}
EOF
cwflow
workflow <<'EOF'
rules:
  a:
    input: {x}
    output: a
    shell: touch {output}
EOF
cwflow
