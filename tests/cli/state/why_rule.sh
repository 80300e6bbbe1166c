# --why of a rule, with outputs or without; a file of the same name is ./NAME.
workflow <<'WF'
rules:
  all: {input: sum}
  a: {input: in.txt, output: a.txt, shell: "cat {input} > {output}"}
  sum: {input: a.txt, output: sum, shell: "cat {input} > {output}"}
WF
put in.txt
run cwflow --why all
cwflow -q
run cwflow --why all
put in.txt other
run cwflow --why sum
run cwflow --why ./sum
