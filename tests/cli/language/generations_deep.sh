# A recursion 10,000 deep, with a small stack.
workflow <<'EOT'
rules:
  all: {input: generation_10000}
  first: {output: generation_0, shell: touch generation_0}
  step: {input: "generation_{t-1}", output: "generation_{t}", shell: "cp {input} {output}"}
EOT
[ -n "$SANITIZE" ] || ulimit -s 1024
run cwflow -n -q
