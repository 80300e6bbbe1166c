# The folder of a dependency file is made as those of outputs are.
echo 1 >header
workflow <<'EOF'
rules:
  all: {input: out/x}
  x:
    output: out/{n}
    depfile: deps/of/{n}.d
    shell: "cat header > {output}; echo '{output}: header' > deps/of/{wildcards.n}.d"
EOF
run cwflow -q
echo 2 >header
run cwflow -n -q
