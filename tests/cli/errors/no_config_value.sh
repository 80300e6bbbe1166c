# What the configuration has not is named by its whole path.
workflow <<'EOF'
config: {a: {bb: 1, key: 2}, l: [1], lanes: {1: x}, t: text}
rules:
  a: {output: "o", shell: "echo {config.a.bc} {config.l[3]} {config.x} {config.a.kye} {config.t.u} {config.l.x} {config[max-reads]}"}
  b: {output: "b", shell: "echo {config.lanes[1]} {config.l[0]}"}
EOF
run cwflow -n
