# What comes to be known shows that something is missing, or goes in a circle: the job that
# waited fails, the rest goes on.
workflow <<'EOF'
rules:
  all: {input: [sum, other]}
  split: {output: {path: parts, directory: true}, shell: "mkdir {output}; touch {output}/1"}
  work: {input: ["parts/{i}", "ref/{i}"], output: "done/{i}", shell: "cat {input} > {output}"}
  sum: {input: {expand: "done/{i}", i: {glob: "parts/{i}", after: split}}, output: sum, shell: "cat {input} > {output}"}
  other: {output: other, shell: "touch other"}
EOF
run cwflow -q -k
ls
workflow <<'EOF'
rules:
  all: {input: late}
  split: {output: {path: parts, directory: true}, shell: "mkdir -p {output}; touch {output}/2"}
  work: {input: ["parts/{i}", late], output: "done/{i}", shell: "cat {input} > {output}"}
  sum: {input: {expand: "done/{i}", i: {glob: "parts/{i}", after: split}}, output: sum, shell: "cat {input} > {output}"}
  late: {input: sum, output: late, shell: "cp sum late"}
EOF
run cwflow -q -k
