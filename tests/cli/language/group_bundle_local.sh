# Keys for clusters change nothing here.
workflow <<'EOF'
rules:
  a: {output: a, group: g, bundle: 10, localrule: true, shell: touch a}
EOF
run cwflow -q
files
