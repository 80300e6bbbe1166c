# A message in place of the standard line.
workflow <<'EOF'
rules:
  a: {output: "{x}.txt", message: "making {x} with {threads}", shell: "touch {output}"}
EOF
cwflow q.txt 2>&1 | grep -o 'making.*'
