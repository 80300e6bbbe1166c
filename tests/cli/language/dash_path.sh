# A relative path that begins with a dash is no option.
workflow <<'EOF'
rules:
  a: {output: "{x}.txt", shell: "echo hi > {output}; cat {output}"}
EOF
run cwflow -q ./-n.txt
files
