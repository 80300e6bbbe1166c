# bash expands the name of a file behind >& twice.
workflow <<'EOF'
rules:
  a: {output: a, log: a.log, shell: 'date > {output} 2>&{log}'}
  b: {output: b, log: b.log, shell: 'touch {output} >& {log}'}
  c: {output: c, log: c.log, shell: 'touch {output} > {log} 2>&1'}
EOF
run cwflow -n a b
