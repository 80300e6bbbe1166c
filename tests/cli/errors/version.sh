workflow <<'EOF'
cwflow: ">=99.1"
EOF
cwflow
workflow <<'EOF'
cwflow: new
EOF
cwflow
