# What looks, lists and removes knows what data-dependent steps made.
workflow <<'X'
rules:
  all: {input: all.txt}
  split: {output: {path: parts, directory: true}, shell: "mkdir parts; touch parts/1 parts/2"}
  work: {input: "parts/{i}", output: "done/{i}", shell: "cp {input} {output}"}
  gather: {input: {expand: "done/{i}", i: {glob: "parts/{i}", after: split}}, output: all.txt, shell: "cat {input} > {output}"}
X
run cwflow -q
run cwflow --summary | cut -f 1,3-
run cwflow --why all.txt
run cwflow --list-untracked
run cwflow --delete-all-output
