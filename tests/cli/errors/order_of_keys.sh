workflow <<'EOF'
rules:
  a:
    output: x
    threads: "{resources.mem_mb}"
    resources: {mem_mb: "{params.x}", b: "{resources.mem_mb}"}
    params: {x: "{threads}"}
    input: "{threads}.txt"
    shell: touch x
EOF
cwflow
