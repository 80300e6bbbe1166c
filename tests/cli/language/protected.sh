# A protected output cannot be written, and is not made again by accident.
workflow <<'EOF'
rules:
  a:
    output: {path: a.txt, protected: true}
    shell: echo 1 > {output}
EOF
run cwflow -q
stat -c %A a.txt | cut -c1-10
