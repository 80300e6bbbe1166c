# The digest an output must have.
workflow <<'EOF'
rules:
  a:
    output: {path: a, sha256: "{config.sum}"}
    shell: printf x > a
EOF
run cwflow -q -C sum=2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881
rm a
run cwflow -q -C sum=0000000000000000000000000000000000000000000000000000000000000000
