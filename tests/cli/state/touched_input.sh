# An input with a new time and the same bytes makes nothing run; other bytes do.
workflow <<'WF'
rules:
  all: {input: out.txt}
  copy:
    input: in.txt
    output: out.txt
    shell: cat {input} > {output}
WF
put in.txt hello
run cwflow -q
touch -d '2030-01-01' in.txt
run cwflow -n
put in.txt hallo
run cwflow -n -q
run cwflow -q
cat out.txt
run cwflow -n
