# No case and no default: the rule does not apply.
workflow <<'EOF'
rules:
  a:
    input: {switch: "{x}", cases: {y: []}}
    output: "{x}.txt"
    shell: touch {output}
EOF
run cwflow -q y.txt
run cwflow -q z.txt
