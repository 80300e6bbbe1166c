# Another shell, another prefix.
workflow <<'EOF'
shell: {executable: sh, prefix: "X=1;"}
rules:
  a:
    output: a
    shell: false | true; echo $X $0 > {output}
EOF
run cwflow -q
cat a
