# What a rule does not say is taken from another; resources, env and params merge.
workflow <<'EOF'
rules:
  all: {input: [a.out, b.out]}
  a:
    output: a.out
    params: {x: 1, y: 2}
    env: {E: one, F: two}
    shell: echo {rule} {params.x} {params.y} $E $F > {output}
  b:
    extends: a
    output: b.out
    params: {y: 3}
    env: {F: three}
EOF
run cwflow -q
cat a.out b.out
