# A cycle shows its path.
workflow <<'EOF'
rules:
  all: {input: a}
  a: {input: b, output: a, shell: touch a}
  b: {input: c, output: b, shell: touch b}
  c: {input: a, output: c, shell: touch c}
EOF
run cwflow -q
