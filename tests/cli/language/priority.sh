# Higher priority first.
workflow <<'EOF'
rules:
  all: {input: [a, b, c]}
  a: {output: a, shell: "echo a >> order; touch a"}
  b: {output: b, priority: 5, shell: "echo b >> order; touch b"}
  c: {output: c, priority: -1, shell: "echo c >> order; touch c"}
EOF
run cwflow -q -j1
cat order
