# A step whose parts are told by a step that is told by another; a part fails, the rest of
# what can be made is made; the next run makes what is missing and nothing else.
workflow <<'EOF'
rules:
  all: {input: {expand: "sum/{s}", s: {glob: "samples/{s}", after: find}}}
  find: {output: {path: samples, directory: true}, shell: "mkdir {output}; touch {output}/a {output}/b"}
  split: {input: "samples/{s}", output: {path: "parts/{s}", directory: true}, shell: "mkdir -p {output}; touch {output}/{s}1 {output}/{s}2"}
  work: {input: "parts/{s}/{i}", output: "done/{s}/{i}", shell: "test {wildcards.i} != \"$BAD\"; echo {i} > {output}"}
  sum: {input: {expand: "done/{s}/{i}", i: {glob: "parts/{s}/{i}", after: split}}, output: "sum/{s}", shell: "cat {input} > {output}"}
EOF
export BAD=b1
cwflow -k -q 2>&1 | grep -v '^  '
cat sum/*
BAD=none run cwflow -q
cat sum/*
run cwflow -n -q
