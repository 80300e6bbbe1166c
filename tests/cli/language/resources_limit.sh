# More than the limit is an error before anything runs.
workflow <<'EOF'
rules:
  all: {input: [a, b]}
  a: {output: a, shell: touch a}
  b: {output: b, resources: {mem: 4GB}, shell: touch b}
EOF
run cwflow -q --resources mem_mb=1000
files
run cwflow -n -q --resources mem_mb=1000
run cwflow -n -q --resources mem_mb=4000
run cwflow -q --resources mem=3GB
run cwflow -q --resources mem=much
