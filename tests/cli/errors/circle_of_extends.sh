workflow <<'EOF'
rules:
  a: {extends: b, output: a}
  b: {extends: a, output: b}
EOF
cwflow
