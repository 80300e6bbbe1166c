# Several endings of one name.
workflow <<'EOF'
rules:
  all: {input: [g.amb, g.ann]}
  a:
    output: {multiext: "{x}", ext: [.amb, .ann]}
    shell: echo {output} > order; touch {output}
EOF
run cwflow -q
cat order
