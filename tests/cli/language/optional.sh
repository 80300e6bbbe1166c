# An optional input is left out where it is not there and cannot be made.
put a 1
workflow <<'EOF'
rules:
  r:
    input: [a, {path: c, optional: true}, {path: m, optional: true}, {expand: "e{i}", i: [1, 2], optional: true}]
    output: o
    shell: echo {input} > o
  m: {output: m, shell: touch m}
  c: {input: gone, output: c, shell: touch c}
EOF
touch e2
run cwflow -q
cat o
