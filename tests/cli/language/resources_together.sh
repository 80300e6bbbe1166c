# Jobs run together only while they fit a limit.
workflow <<'EOF'
sets: {i: [1, 2, 3, 4]}
rules:
  all: {input: {expand: "o{i}"}}
  a:
    output: "o{i}"
    resources: {slot: 1}
    shell: mkdir lock; sleep 0.05; rmdir lock; touch {output}
EOF
run cwflow -q -j4 --resources slot=1
