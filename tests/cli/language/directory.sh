# A directory as output, and a file in it as input.
workflow <<'EOF'
rules:
  all: {input: b.txt}
  d:
    output: {path: d, directory: true}
    shell: mkdir {output}; echo 1 > {output}/x.txt
  b:
    input: d/x.txt
    output: b.txt
    shell: cp {input} {output}
EOF
run cwflow -q
cat b.txt
run cwflow
