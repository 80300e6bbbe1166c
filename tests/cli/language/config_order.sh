# config, configfile, --configfile, --config; mappings merge, the rest is replaced.
put a.yaml "m: {a: 2, b: 2}
l: [2]"
put b.json '{"m": {"b": 3}, "l": [3, 3]}'
workflow <<'EOF'
config: {m: {a: 1, b: 1, c: 1, d: 1}, l: [1, 1, 1], max-reads: 5}
configfile: a.yaml
rules:
  a:
    output: a
    shell: echo {config.m.a} {config.m.b} {config.m.c} {config.m.d} {config.l} {config.l[0]} {config[max-reads]} > {output}
EOF
run cwflow -q --configfile b.json -C m.c=4
cat a
