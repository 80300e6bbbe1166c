# Logs are kept after failures, outputs are not.
workflow <<'EOF'
rules:
  a: {output: a, log: a.log, shell: "echo x > {log}; touch a; false"}
EOF
cwflow -q 2>/dev/null
echo $?
files
