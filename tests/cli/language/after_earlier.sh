# More parts need a temporary file that an earlier run made and removed: its job, which was
# up to date at first, runs in a further round; nothing else runs again.
workflow <<'EOF'
rules:
  all: {input: [sum, other]}
  split: {output: {path: parts, directory: true}, shell: "mkdir {output}; for i in $(seq 1 $N); do echo $i > {output}/$i; done"}
  base: {output: {path: base, temp: true}, shell: "echo b > base; echo base >> log"}
  other: {input: base, output: other, shell: "cp base other; echo other >> log"}
  work: {input: ["parts/{i}", base], output: "done/{i}", shell: "cat {input} > {output}; echo {i} >> log"}
  sum: {input: {expand: "done/{i}", i: {glob: "parts/{i}", after: split}}, output: sum, shell: "cat {input} > {output}"}
EOF
export N=3
run cwflow -q
N=4
rm -r parts
run cwflow -q
cat log
ls
run cwflow -n -q
