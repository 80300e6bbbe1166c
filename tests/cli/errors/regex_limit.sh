workflow <<'EOF'
rules:
  a:
    output: "{x,(a+)+}b"
    shell: touch {output}
EOF
cwflow aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaacb
