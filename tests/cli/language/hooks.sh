# Commands around a run.
workflow <<'EOF'
onstart: echo start >> hooks
onsuccess: echo success >> hooks; test -s {log}
onerror: echo error {failed} >> hooks
rules:
  all: {input: a}
  a: {output: a, shell: touch a}
  b: {output: b, shell: "false"}
EOF
run cwflow -q
run cwflow
cwflow -q b 2>/dev/null
cat hooks
