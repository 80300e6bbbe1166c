# What a target that only collects lists is asked for; the input of a rule that makes
# something is not, even where that rule is the target.
workflow <<'X'
rules:
  all: {input: a.txt}
  next: {input: a.txt, output: b.txt, shell: "cp {input} {output}"}
  a: {output: {path: a.txt, temp: true}, shell: "echo 1 > {output}"}
X
run cwflow -q next
run ls
run cwflow -q
run ls
