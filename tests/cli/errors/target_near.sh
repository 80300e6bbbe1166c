workflow <<'EOF'
rules:
  results: {output: out/results.csv, shell: touch x}
EOF
cwflow reslts
cwflow out/result.csv
