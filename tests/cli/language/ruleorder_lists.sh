# Several lists; the first one that knows both rules counts.
workflow <<'EOF'
ruleorder: [[one, two], [three, two]]
rules:
  one: {output: "1{x}.txt", shell: echo one > {output}}
  two: {output: "{x}2.txt", shell: echo two > {output}}
  three: {output: "3{x}.txt", shell: echo three > {output}}
EOF
sed -i 's/shell: echo \(.*\) > {output}}/shell: "echo \1 > {output}"}/' Workflowfile
run cwflow -q 1.2.txt 3.2.txt
cat 1.2.txt 3.2.txt
