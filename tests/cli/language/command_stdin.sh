# stdin, stdout and stderr are declared paths.
put a.txt "b a"
workflow <<'EOF'
rules:
  a:
    input: a.txt
    output: out
    log: err
    command: [sh, -c, "cat; echo e >&2"]
    stdin: "{input}"
    stdout: out
    stderr: "{log}"
EOF
run cwflow -q
cat out err
