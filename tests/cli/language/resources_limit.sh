# More than the limit is an error before anything runs.
workflow <<'EOF'
rules:
  all: {input: [a, b]}
  a: {output: a, shell: touch a}
  b: {output: b, resources: {mem: 4GB}, shell: touch b}
EOF
run cwflow -q --resources mem_mb=1000
files
run cwflow -q --resources mem=3GB
run cwflow -q --resources mem=much
