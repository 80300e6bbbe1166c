# A temp file stays if a job that needs it failed.
workflow <<'EOF'
rules:
  all: {input: [b.txt, c.txt]}
  a: {output: {path: a.txt, temp: true}, shell: touch a.txt}
  b: {input: a.txt, output: b.txt, shell: touch b.txt}
  c: {input: a.txt, output: c.txt, shell: "false"}
EOF
cwflow -q -k -j1 2>/dev/null
echo $?
files
