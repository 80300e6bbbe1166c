# What is named, and what it needs, comes first, whatever priority rules say.
workflow <<'EOF'
rules:
  all: {input: [a, b, c, d]}
  a: {output: a, priority: 5, shell: "echo a >> log; touch a"}
  b: {output: b, shell: "echo b >> log; touch b"}
  c: {input: d, output: c, shell: "echo c >> log; touch c"}
  d: {output: d, shell: "echo d >> log; touch d"}
EOF
run cwflow -q
paste -sd' ' log
rm log
run cwflow -q -F --prioritize c
paste -sd' ' log
rm log
run cwflow -q -F -P b
paste -sd' ' log
run cwflow -q -F -P e
