# Two rules that both can make a file.
workflow <<'EOF'
rules:
  all:
    input: a.txt
  one:
    output: "{x}.txt"
    shell: echo one > {output}
  two:
    output: "{y}.txt"
    shell: echo two > {output}
EOF
run cwflow -q
