# A module: names before its rules, a prefix before its paths, its own configuration.
put m.yaml "config: {n: 1, k: 0}
sets: {s: [x, y]}
rules:
  all: {input: {expand: 'r/{s}.txt'}}
  one:
    input: [given.txt, own.txt]
    output: r/{w}.txt
    threads: 1
    shell: echo {rule} {config.n} {config.k} {threads} {input} > {output}
  own: {output: own.txt, shell: 'touch {output}'}"
workflow <<'EOF'
config: {n: 7}
include:
  - {path: m.yaml, as: p_, prefix: map/, config: {n: 2}, with: {one: {threads: 2}}}
  - {path: m.yaml, as: q_}
rules:
  all: {input: [map/r/x.txt, r/y.txt]}
  given: {output: given.txt, shell: touch given.txt}
EOF
run cwflow -q -j4
cat map/r/x.txt r/y.txt
run cwflow -q p_all
files
# A rule outside makes only what its pattern fits: the rest gets the prefix.
mkdir fits; cd fits || exit
put w.yaml 'sets: {n: [1, 2]}
rules:
  one: {input: data/in.txt, output: "r/{n}.txt", shell: "cat {input} > {output}"}
  sum: {input: {expand: ["r/{n}.txt", "o/{n}.txt"]}, output: sum.txt, shell: "cat {input} > {output}"}'
workflow <<'EOT'
include: [{path: w.yaml, as: m_, prefix: m/}]
rules:
  all: {input: m/sum.txt}
  in: {output: "{p}/data/in.txt", shell: "echo {output} > {output}"}
  out: {output: "o/{k}.txt", shell: "echo {output} > {output}"}
EOT
cwflow -q
cat m/sum.txt
