# An empty file where a non-empty one was wanted.
workflow <<'EOF'
rules:
  a: {output: {path: a, non_empty: true}, shell: touch a}
EOF
run cwflow -q
files
