# Variables of the environment: of the rule, and those the file asks for.
workflow <<'EOF'
envvars: [TOKEN]
rules:
  a:
    output: a
    env: {WHO: "{rule} x", MINE: 1}
    params: {t: "{env.TOKEN}"}
    shell: echo {env.TOKEN} $WHO $MINE {params.t} > {output}
EOF
run env TOKEN='x " z' cwflow -q
cat a
run env TOKEN=x cwflow -n -p -F
