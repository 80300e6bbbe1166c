workflow <<'EOF'
rules:
  a:
    input: [a/{x}.txt]
    output: "{x}"
    shell: touch {output}
EOF
cwflow
