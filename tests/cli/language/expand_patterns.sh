# A list of patterns is expanded one after the other, equal results come once.
workflow <<'EOF'
sets: {s: [a, b, a]}
rules:
  all:
    input: {expand: ["x/{s}", "y/{s}"]}
    output: list
    shell: echo {input} > {output}
  mk:
    output: "{d,[xy]}/{s}"
    shell: touch {output}
EOF
run cwflow -q -j1
cat list
