# A volatile param makes nothing run again.
workflow <<'EOF'
config: {a: 1, b: 1}
rules:
  r:
    output: o
    params: {x: {value: "{config.a}", volatile: true}, y: "{config.b}"}
    shell: echo {params.x} {params.y} > {output}
EOF
run cwflow -q
run cwflow -C a=2
run cwflow -q -C b=2
