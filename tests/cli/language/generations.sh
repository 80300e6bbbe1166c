# generation_{t} from generation_{t-1} down to a base case.
workflow <<'EOF'
rules:
  all: {input: generation_10}
  first:
    output: generation_0
    shell: echo 0 > {output}
  step:
    input: "generation_{t-1}"
    output: "generation_{t}"
    shell: echo $(cat {input}) {t} > {output}
EOF
run cwflow -q
cat generation_10
