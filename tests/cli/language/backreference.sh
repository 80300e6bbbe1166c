# A second occurrence repeats the first.
workflow <<'EOF'
rules:
  a:
    output: "{s}/{s}.txt"
    shell: echo {s} > {output}
EOF
run cwflow -q x/x.txt
run cwflow -q x/y.txt
