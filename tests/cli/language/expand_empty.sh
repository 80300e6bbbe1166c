# An empty set gives nothing.
workflow <<'EOF'
sets: {s: []}
rules:
  all:
    input: {expand: "x/{s}"}
    output: list
    shell: echo "[" {input} "]" > {output}
EOF
run cwflow -q -j1
cat list
