# A name that only the other rule has is told with the place that asks.
workflow <<'EOF'
rules:
  a: {output: {bam: "a/{x}.bam"}, shell: "touch {output}"}
  b: {input: {output_of: a}, output: b, shell: "touch b"}
EOF
run cwflow -n
