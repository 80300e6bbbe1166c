# touch makes the file itself.
workflow <<'EOF'
rules:
  a: {output: {path: done, touch: true}, shell: "true"}
EOF
run cwflow -q
files
