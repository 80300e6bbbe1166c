workflow <<'EOF'
rules:
  one: {output: a.txt, shell: touch a.txt}
  two: {output: ./a.txt, shell: touch a.txt}
EOF
cwflow a.txt
