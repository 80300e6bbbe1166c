workflow <<'EOF'
rules:
  a:
    output: x
    shell: echo a #1 > {output}; touch {output}
EOF
cwflow -n
