# Leading zeros need a width.
workflow <<'EOF'
rules:
  all: {input: g_003}
  first:
    output: g_000
    shell: echo 0 > {output}
  step:
    input: "g_{t-1:03d}"
    output: "g_{t}"
    shell: echo $(cat {input}) {t} > {output}
EOF
run cwflow -q
cat g_003
sed -i 's/:03d//' Workflowfile
run cwflow -n -F
