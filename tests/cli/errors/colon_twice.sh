workflow <<'EOF'
rules:
  a:
    output: x
    shell: echo a: b
EOF
cwflow
