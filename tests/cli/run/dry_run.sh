# What would run and why; -q counts; -p shows commands; nothing is made.
workflow <<'TXT'
sets: {n: [1, 2]}
rules:
  all: {input: sum.txt}
  part: {output: "part/{n}.txt", shell: "echo {n} > {output}"}
  sum: {input: {expand: "part/{n}.txt"}, output: sum.txt, shell: "cat {input} > {output}"}
TXT
run cwflow -n
run cwflow -n -q
run cwflow -n -p part/2.txt
run cwflow -q -n sum
files
