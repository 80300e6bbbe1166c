# In the reference, of the rule, of the file: the nearest counts.
workflow <<'EOF'
wildcard_constraints: {n: "[a-z]+"}
rules:
  a:
    output: "a/{n,[A-Z]+}.txt"
    wildcard_constraints: {n: '\d+'}
    shell: echo {n} > {output}
EOF
run cwflow -q a/X.txt
run cwflow -q -n a/1.txt
