workflow <<'EOF'
sets: {input: [a]}
rules:
  1st: {output: x, shell: touch x}
  a-b: {output: y, shell: touch y}
  params: {output: z, shell: touch z}
EOF
cwflow
