workflow <<'EOF'
rules:
  a: {output: a, timeout: 1s, shell: "sleep 20; touch a"}
EOF
cwflow -q 2>/dev/null
echo $?
