workflow <<'EOF'
rules:
  a: {output: a, script: gone.py}
EOF
run cwflow -q
