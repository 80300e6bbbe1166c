# A temp file stays where it is asked for by name.
workflow <<'EOF'
rules:
  all: {input: b.txt}
  a: {output: {path: a.txt, temp: true}, shell: touch a.txt}
  b: {input: a.txt, output: b.txt, shell: touch b.txt}
EOF
run cwflow -q a.txt b.txt
files
