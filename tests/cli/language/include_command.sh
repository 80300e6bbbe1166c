# A program that prints a Workflowfile.
put make.sh '#!/bin/sh
echo "rules:"
for i in $(seq $1); do echo "  r$i: {output: o$i, shell: touch o$i}"; done'
chmod +x make.sh
workflow <<'EOF'
config: {n: 3}
include:
  - {command: [./make.sh, "{config.n}"]}
rules:
  all: {input: [o1, o3]}
EOF
run cwflow -q
files
