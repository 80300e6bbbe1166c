# A rule without wildcards goes before one with.
workflow <<'EOF'
rules:
  general:
    output: "{x}.txt"
    shell: echo general > {output}
  special:
    output: special.txt
    shell: echo special > {output}
EOF
run cwflow -q special.txt other.txt
cat special.txt other.txt
