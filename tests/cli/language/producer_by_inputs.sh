# Of two rules that fit, the one whose inputs can be made.
put b.in
workflow <<'EOF'
rules:
  from_a:
    input: "{x}.a"
    output: "{x}.out"
    shell: echo a > {output}
  from_in:
    input: "{x}.in"
    output: "{x}.out"
    shell: echo in > {output}
EOF
run cwflow -q b.out
cat b.out
