put x
workflow <<'EOF'
rules:
  a: {input: "{x}a", output: "{x}", shell: "touch {output}"}
EOF
cwflow --max-jobs 50 y
