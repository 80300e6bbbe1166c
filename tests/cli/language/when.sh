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
