workflow <<'EOF'
sets: {s: [a]}
rules:
  all:
    input: "{s}.txt"
  mk:
    output: "{x}.txt"
    shell: touch {output}
EOF
cwflow
