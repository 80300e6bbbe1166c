workflow <<'EOF'
rules:
  - all
EOF
cwflow
workflow <<'EOF'
rules:
  all:
    output: {path: x, temp: yes}
    threads: many
    retries: -1
    timeout: soon
    priority: [1]
    shell: [touch, x]
EOF
cwflow
