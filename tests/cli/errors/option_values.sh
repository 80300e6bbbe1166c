workflow <<'EOF'
config: {a: 1}
rules:
  a: {output: x, shell: touch x}
EOF
cwflow -n -C a
cwflow -n --set-resources a=1
cwflow -n --set-threads a=x
cwflow -n --configfile gone.yaml
