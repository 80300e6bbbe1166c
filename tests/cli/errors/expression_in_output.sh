workflow <<'EOF'
rules:
  a:
    output: "{t+1}.txt"
    shell: touch {output}
EOF
cwflow
