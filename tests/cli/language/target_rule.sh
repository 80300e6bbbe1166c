# A rule without a command and outputs is a target; one with outputs comes with its inputs.
workflow <<'EOF'
rules:
  all: {input: some}
  some: {input: [a, b]}
  a: {output: a, shell: touch a}
  b: {output: b, shell: touch b}
EOF
sed -i 's/input: some/input: [a]/' Workflowfile
run cwflow -q some
files
