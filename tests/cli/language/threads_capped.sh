# threads are capped to the cores, at least 1.
workflow <<'EOF'
rules:
  all: {input: [a, b]}
  a: {output: a, threads: 8, shell: "echo {threads} > a"}
  b: {output: b, threads: "{min(threads_, 0)}", shell: "echo {threads} > b"}
EOF
sed -i 's/"{min(threads_, 0)}"/0/' Workflowfile
run cwflow -q -j3
cat a b
run cwflow -q -j3 -F --set-threads a=2
cat a
