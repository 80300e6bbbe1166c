workflow <<'EOF'
rules:
  a:
    output: x
    resources: {mem: lots, mem_mb: 4GB, runtime: soon}
    shell: touch x
EOF
cwflow
