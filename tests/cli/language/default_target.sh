# The default target: named, or the first rule without wildcards.
workflow <<'EOF'
default_target: [b, x.txt]
rules:
  mk: {output: "{y}.txt", shell: "touch {output}"}
  a: {output: a, shell: touch a}
  b: {output: b, shell: touch b}
EOF
run cwflow -q
files
sed -i 1d Workflowfile
run cwflow -q
files
