# Resources from the size of the inputs.
head -c 2500001 /dev/zero >in
workflow <<'EOF'
rules:
  a:
    input: in
    output: a
    resources: {mem_mb: "{max(1000, 2*input.size_mb)}", n: "{input.size_mb}"}
    shell: echo {resources.mem_mb} {resources.n} > {output}
EOF
run cwflow -q
cat a
