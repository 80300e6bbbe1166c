# An output that is not what its job left is never taken as whole; a new time alone is
# nothing.
workflow <<'WF'
rules:
  all: {input: out.txt}
  copy: {input: in.txt, output: out.txt, shell: "cat {input} > {output}"}
WF
put in.txt 'some text'
cwflow -q
touch out.txt
run cwflow -n
: >out.txt
run cwflow -n
run cwflow -q
cat out.txt
