workflow <<'EOF'
rules:
  a: {output: "{x}.txt", shell: "touch {output}"}
EOF
cwflow
cwflow a
