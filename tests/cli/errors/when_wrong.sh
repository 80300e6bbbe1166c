workflow <<'EOF'
config: {m: [1]}
rules:
  a: {when: {mode: x}, output: a, shell: touch a}
  b: {when: {config.m: x}, output: b, shell: touch b}
EOF
cwflow
