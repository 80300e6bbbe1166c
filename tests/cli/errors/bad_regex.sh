workflow <<'EOF'
rules:
  a:
    output: "{x,[a-}.txt"
    shell: touch {output}
  b:
    output: "{y}.dat"
    wildcard_constraints: {y: "(", z: "."}
    shell: touch {output}
EOF
cwflow
