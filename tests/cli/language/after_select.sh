# -O, -U, -R and -F reach jobs that are known only during the run; so do limits.
workflow <<'EOF'
rules:
  all: {input: [sum, other]}
  split: {output: {path: parts, directory: true}, shell: "mkdir {output}; for i in 1 2 3; do echo $i > {output}/$i; done"}
  other: {output: other, shell: "touch other"}
  pre: {input: "parts/{i}", output: "pre/{i}", shell: "cp {input} {output}"}
  work: {input: "pre/{i}", output: "done/{i}", resources: {mem_mb: "{i*400}"}, shell: "cat {input} > {output}; echo {i} >> log"}
  sum: {input: {expand: "done/{i}", i: {glob: "parts/{i}", after: split}}, output: sum, shell: "cat {input} > {output}"}
EOF
run cwflow -q -O work
ls
rm -r parts pre other
run cwflow -q -U pre
ls
rm -r parts pre
run cwflow -q -j2 -k --resources mem_mb=1000
ls done
run cwflow -q
run cwflow -q -R pre
run cwflow -q -F
sort log | uniq -c
