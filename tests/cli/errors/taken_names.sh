workflow <<'EOF'
rules:
  a:
    output: {path: x, pipe: true}
    shell: touch x
  b:
    output: y
    conda: env.yaml
    cache: true
    shell: touch y
EOF
cwflow
