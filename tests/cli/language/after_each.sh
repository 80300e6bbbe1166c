# One job waits for 300: each lets it know of two more.
workflow <<'EOF'
sets: {s: {from: 1, to: 300}}
rules:
  all: {input: {expand: "done/{s}/{i}", i: {glob: "parts/{s}/{i}", after: split}}, output: list, shell: "wc -w < {input:list} > {output}"}
  split: {output: {path: "parts/{s}", directory: true}, shell: "mkdir {output}; touch {output}/1 {output}/2"}
  work: {input: "parts/{s}/{i}", output: {path: "done/{s}/{i}", touch: true}, command: ["true"]}
EOF
run cwflow -q -j2
cat list
run cwflow -n -q
