workflow <<'EOF'
sets: {sample: [a, b]}
rules:
  all:
    input: [{expand: "{sampel}.txt"}, {expand: "{sample}.txt", samle: [1]}, {expand: "{lane}.txt"}]
EOF
cwflow
