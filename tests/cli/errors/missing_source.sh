put data/a.txt
workflow <<'EOF'
rules:
  all:
    input: [out/a.txt, out/b.txt]
  mk:
    input: "data/{x}.txt"
    output: "out/{x}.txt"
    shell: cp {input} {output}
EOF
cwflow
