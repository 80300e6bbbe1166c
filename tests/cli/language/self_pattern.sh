# A rule that could feed itself without end is no loop where a source ends it.
put x.txt
workflow <<'EOF'
rules:
  add:
    input: "{f}"
    output: "{f}.gz"
    shell: cp {input} {output}
EOF
run cwflow -q x.txt.gz.gz
files
