# Unconstrained wildcards are greedy and cross slashes.
workflow <<'EOF'
rules:
  a:
    output: "{a}.{b}.txt"
    shell: echo {a} {b} > {output}
EOF
run cwflow -q 101.B.normal.txt
cat 101.B.normal.txt
run cwflow -q x/y.z/w.txt
cat x/y.z/w.txt
