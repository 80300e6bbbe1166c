workflow <<'EOF'
rules:
  all: {input: [d, d/x.txt]}
  d: {output: {path: d, directory: true}, shell: mkdir d}
  x: {output: d/x.txt, shell: touch d/x.txt}
EOF
cwflow
