workflow <<'EOF'
configfile: gone.yaml
rules:
  a:
    output: x
    shell: echo {config.x}
EOF
cwflow
