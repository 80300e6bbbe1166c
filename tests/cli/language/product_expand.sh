# Two sets multiply, the last name fastest.
workflow <<'EOF'
sets: {a: [1, 2], b: [x, y]}
rules:
  all:
    input: {expand: "{a}-{b}"}
    shell: echo {input}
  mk:
    output: "{a,\\d}-{b}"
    shell: echo {a}{b} >> order; touch {output}
EOF
run cwflow -q -j1
cat order
