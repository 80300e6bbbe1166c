put b.yaml "include: Workflowfile"
workflow <<'EOF'
include: b.yaml
EOF
run cwflow
