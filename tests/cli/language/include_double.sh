# A doubled name is an error.
put b.yaml "rules:
  a: {output: b, shell: touch b}"
workflow <<'EOF'
include: b.yaml
rules:
  a: {output: a, shell: touch a}
EOF
run cwflow
