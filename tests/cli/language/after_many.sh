# 1,000 parts: only what hangs below the step is planned anew, and each runs once.
workflow <<'EOT'
rules:
  all: {input: [sum, other]}
  split: {output: {path: parts, directory: true}, shell: "mkdir {output}; cd {output}; seq 1000 | xargs touch; echo split >> ../runs"}
  work: {input: "parts/{i}", output: {path: "done/{i}", touch: true}, command: ["true"]}
  sum: {input: {expand: "done/{i}", i: {glob: "parts/{i}", after: split}}, output: sum, shell: "wc -l < {input:list} > {output}; echo sum >> runs"}
  other: {output: other, shell: "touch other; echo other >> runs"}
EOT
run cwflow -q -j2
cat sum
sort runs
run cwflow -n
rm done/7
run cwflow -n -q
touch parts/3
run cwflow -n -q
echo x >parts/3
run cwflow -n -q
