# Shells differ in what a backslash at the end means.
workflow <<'EOF'
rules:
  a: {output: a, shell: 'touch {output} \'}
EOF
run cwflow -n
