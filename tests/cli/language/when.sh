# A rule exists only if values of the configuration hold.
workflow <<'EOF'
config: {mode: fast}
rules:
  all: {input: out}
  fast:
    when: {config.mode: [fast, quick]}
    output: out
    shell: echo fast > {output}
  slow:
    when: {config.mode: slow}
    output: out
    shell: echo slow > {output}
EOF
run cwflow -q; cat out
run cwflow -q -F -C mode=slow; cat out
run cwflow -q -l -C mode=slow
run cwflow -q slow
workflow <<'X'
config: {mode: fast, list: [a, b], max-reads: 3}
rules:
  a: {when: {"config.list[1]": b, "config[max-reads]": [3, 4]}, output: a, shell: "touch {output}"}
  b: {when: {config.mod: fast}, output: b, shell: "touch {output}"}
X
run cwflow -q a
sed -i '/  b:/d' Workflowfile
run cwflow -q a
