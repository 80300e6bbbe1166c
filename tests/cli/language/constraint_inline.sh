# A constraint in the reference decides which rule fits.
workflow <<'EOF'
rules:
  number:
    output: "{n,\\d+}.txt"
    shell: echo number {n} > {output}
  word:
    output: "{w,[a-z]+}.txt"
    shell: echo word {w} > {output}
EOF
run cwflow -q 12.txt ab.txt
cat 12.txt ab.txt
