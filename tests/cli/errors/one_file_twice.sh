workflow <<'EOF'
rules:
  one: {output: [a.txt, ./a.txt], shell: touch a.txt}
EOF
cwflow a.txt
