# An existing file whose rule lacks an input is a source, and that is said.
put a.txt old
workflow <<'EOF'
rules:
  all:
    input: a.txt
    output: b.txt
    shell: cp {input} {output}
  mk:
    input: gone
    output: a.txt
    shell: cp {input} {output}
EOF
run cwflow -q
cat b.txt
