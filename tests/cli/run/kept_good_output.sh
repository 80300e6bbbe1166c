# An earlier good output comes back when its job fails the next time.
workflow <<'TXT'
rules:
  one: {input: in.txt, output: out.txt, shell: "echo half > {output}; grep good {input} >> {output}"}
TXT
put in.txt good
age in.txt 100
run cwflow -q
cat out.txt
put in.txt bad
run cwflow
cat out.txt
files
