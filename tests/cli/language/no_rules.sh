# Nothing to do; a target that is a source is done.
put x
workflow <<'EOF'
config: {}
EOF
run cwflow
run cwflow x
