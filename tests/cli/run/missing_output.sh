# A declared output that does not appear is a failure that names it.
workflow <<'TXT'
rules:
  one: {output: [a.txt, b.txt], shell: "touch a.txt"}
TXT
run cwflow
files
