# Retries with growing memory.
workflow <<'EOF'
rules:
  a:
    output: a
    retries: 2
    resources: {mem_mb: "{attempt*1000}"}
    shell: echo {attempt} {resources.mem_mb} >> tries; [ {attempt} = 3 ]; touch {output}
EOF
cwflow -q 2>/dev/null
echo $?
cat tries
