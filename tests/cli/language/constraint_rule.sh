# wildcard_constraints of the rule win over those of the file.
workflow <<'EOF'
wildcard_constraints: {n: "[a-z]+"}
rules:
  a:
    output: "a/{n}.txt"
    shell: echo {n} > {output}
  b:
    output: "b/{n}.txt"
    wildcard_constraints: {n: '\d+'}
    shell: echo {n} > {output}
EOF
run cwflow -q a/x.txt b/1.txt
run cwflow -q a/1.txt
