# The second run does nothing; -f, -F and -R force.
workflow <<'TXT'
rules:
  all: {input: b.txt}
  one: {output: a.txt, shell: "echo a > {output}"}
  two: {input: a.txt, output: b.txt, shell: "cat {input} > {output}"}
TXT
cwflow -q
run cwflow
run cwflow -n
run cwflow -n -q -f b.txt
run cwflow -n -q -F
run cwflow -n -q -R one
run cwflow -n -q -R a.txt
run cwflow -n -q -R tow
run cwflow a.txt
