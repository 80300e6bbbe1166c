workflow <<'EOF'
rules:
  a: {output: a, command: touch a}
  b: {output: b, shell: touch b, command: [touch, b]}
  c: {output: c, shell: touch c, stdout: c}
  d: {output: d, command: [echo], stdout: e}
EOF
cwflow
