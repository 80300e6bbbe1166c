# An absolute path below the working directory is the relative one.
workflow <<'EOF'
rules:
  all: {input: "{workdir}/out/./a//x.txt"}
  a: {output: ./out/a/x.txt, shell: "echo {output} > {output}"}
EOF
run cwflow -q
cat out/a/x.txt
run cwflow "$PWD/out/a/x.txt"
