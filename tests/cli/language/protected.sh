# A protected output cannot be written, and is not made again by accident.
workflow <<'EOF'
rules:
  a:
    output: {path: a.txt, protected: true}
    shell: echo 1 > {output}
EOF
run cwflow -q
stat -c %A a.txt | cut -c1-10
# What would write one is refused before anything runs.
workflow <<'EOF2'
rules:
  all: {input: [b.txt, c.txt]}
  a:
    output: {path: a.txt, protected: true}
    shell: echo 2 > {output}
  b: {input: a.txt, output: b.txt, shell: "cp {input} {output}"}
  c: {output: c.txt, shell: "touch {output}"}
EOF2
run cwflow -n -q
run cwflow -q
files
# With the wish taken back it goes on.
run chmod +w a.txt
run cwflow -q
cat b.txt
# By force, of several, too.
workflow <<'EOF2'
rules:
  all: {input: {expand: "p{n}", n: {from: 1, to: 30}}}
  p: {output: {path: "p{n}", protected: true}, shell: "touch {output}"}
EOF2
run cwflow -q -j2
run cwflow -q -F
# One that was protected meanwhile is refused by its job.
workflow <<'EOF2'
rules:
  all: {input: [x, y]}
  x: {output: x, shell: "touch {output} y; chmod -w y"}
  y: {input: x, output: {path: y, protected: true}, shell: "touch {output}"}
EOF2
run cwflow -q
