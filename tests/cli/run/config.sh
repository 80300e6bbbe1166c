# Configuration: the file's, a --configfile's, --config's, from low to high.
workflow <<'TXT'
config: {who: file, deep: {a: 1, b: 2}, list: [x, y]}
rules:
  all: {input: "{config.who}.txt"}
  one:
    output: "{config.who}.txt"
    shell: echo {config.who} {config.deep.a} {config.deep.b} {config.list} {config.list[1]} > {output}
TXT
run cwflow -n -p --config who=me deep.b=3
put more.yaml "deep: {a: 7}"
run cwflow -n -p --configfile more.yaml
run cwflow -n -p --config 'list=[p q, r]' -j 2
run cwflow -n --config whom=1 deep.a=
