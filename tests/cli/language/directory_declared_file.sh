# A directory where a file was declared.
workflow <<'EOF'
rules:
  a: {output: a, shell: mkdir a}
EOF
run cwflow -q
# It is not ours to remove, and never taken as done.
run cwflow -n -q
run cwflow -q
run ls -d a
# A file where a directory is declared.
workflow <<'X'
rules:
  b: {output: {path: b, directory: true}, shell: "mkdir {output}"}
X
touch b
run cwflow -n -q
run cwflow -q
