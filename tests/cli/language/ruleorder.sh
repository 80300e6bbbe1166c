# ruleorder decides between rules that both can.
workflow <<'EOF'
ruleorder: [two, one]
rules:
  one:
    output: "{x}.txt"
    shell: echo one > {output}
  two:
    output: "{y}.txt"
    shell: echo two > {output}
EOF
run cwflow -q a.txt
cat a.txt
