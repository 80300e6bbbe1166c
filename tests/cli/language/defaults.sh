# Keys for rules that do not say them.
workflow <<'EOF'
defaults: {threads: 2, env: {A: 1}, resources: {mem_mb: 5}}
rules:
  all: {input: [a, b]}
  a: {output: a, shell: "echo {threads} $A {resources.mem_mb} > a"}
  b: {output: b, threads: 1, env: {A: 2, B: 3}, resources: {x: 1}, shell: "echo {threads} $A $B {resources.mem_mb} {resources.x} > b"}
EOF
run cwflow -q -j4
cat a b
