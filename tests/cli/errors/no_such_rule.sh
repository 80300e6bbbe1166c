workflow <<'EOF'
ruleorder: [one, tow]
default_target: alll
rules:
  one: {output: a, shell: touch a}
  two: {extends: oen, output: b}
  three: {input: {output_of: noe}, output: c, shell: touch c}
EOF
cwflow
