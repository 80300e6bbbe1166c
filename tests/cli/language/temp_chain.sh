# A temp file goes when all jobs that need it are done; gone, it counts as there.
put in.txt 1
workflow <<'EOF'
rules:
  all: {input: [c.txt, d.txt]}
  a: {input: in.txt, output: {path: a.txt, temp: true}, shell: cp in.txt a.txt}
  b: {input: a.txt, output: {path: b.txt, temp: true}, shell: cp a.txt b.txt}
  c: {input: b.txt, output: c.txt, shell: cp b.txt c.txt}
  d: {input: a.txt, output: d.txt, shell: cp a.txt d.txt}
EOF
run cwflow -q -j1
files
run cwflow -n
echo 2 >in.txt
run cwflow -q -j1
files
cat c.txt d.txt
