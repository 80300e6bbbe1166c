workflow <<'EOF'
rules:
  a:
    output: ["{x}.a", "{y}.b"]
    log: "{x}.log"
    shell: touch {output}
EOF
cwflow
