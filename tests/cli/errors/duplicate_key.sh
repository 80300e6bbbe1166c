workflow <<'EOF'
rules:
  all:
    input: a.txt
    input: b.txt
EOF
cwflow
