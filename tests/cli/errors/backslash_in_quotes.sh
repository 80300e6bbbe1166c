workflow <<'EOF'
rules:
  a:
    output: "{n,\d+}.txt"
    shell: touch {output}
EOF
cwflow
