# A directory where a file was declared.
workflow <<'EOF'
rules:
  a: {output: a, shell: mkdir a}
EOF
run cwflow -q
