workflow <<'EOF'
envvars: [CW_NOT_SET_HERE]
rules:
  a:
    output: x
    shell: echo {env.CW_NOT_SET} {env.HOME}
EOF
cwflow
