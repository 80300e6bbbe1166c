# A value of the configuration by a wildcard.
workflow <<'EOF'
config:
  samples: {a: data/1, b: [data/2, data/3]}
rules:
  all: {input: [out/a, out/b]}
  r:
    input: "{config.samples[wildcards.s]}"
    output: "out/{s}"
    params: {n: "{config.samples[wildcards.s]}"}
    shell: echo {input} {params.n} > {output}
  d: {output: "data/{x}", shell: "touch {output}"}
EOF
run cwflow -q
cat out/a out/b
run cwflow -q -n out/c
