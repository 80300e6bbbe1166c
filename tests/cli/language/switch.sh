# A case by a value of the configuration, and the empty list.
workflow <<'EOF'
config: {mode: fast}
rules:
  all:
    input: {switch: "{config.mode}", cases: {fast: a.txt, slow: [], both: [a.txt, b.txt]}, default: c.txt}
    output: list
    shell: echo "[" {input} "]" > {output}
  mk:
    output: "{x}.txt"
    shell: touch {output}
EOF
for mode in fast slow both other; do
	run cwflow -q -F -C mode=$mode
	cat list
done
