workflow <<'EOF'
rules:
  all:
    inptu: a.txt
  b:
    output: b.txt
    sheell: touch b.txt
conifg: {a: 1}
EOF
cwflow
