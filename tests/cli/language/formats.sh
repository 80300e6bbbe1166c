# Parts of paths and printf formats.
put d/in.tar.gz
workflow <<'EOF'
rules:
  a:
    input: d/in.tar.gz
    output: out/a.b.txt
    params: {n: 7}
    shell: echo {input:dir} {input:name} {input:stem} {input:ext} {output:stem} {params.n:03d} > {output}
EOF
run cwflow -q
cat out/a.b.txt
