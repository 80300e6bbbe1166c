# Jobs without outputs run each time, and have one record each.
workflow <<'WF'
rules:
  all: {input: [a.txt]}
  a: {input: in.txt, output: a.txt, shell: "cat {input} > {output}"}
  tell: {input: a.txt, shell: "true {input}"}
WF
put in.txt text
for i in 1 2 3; do cwflow -q tell; done
run sh -c 'cwflow --stats | cut -f 1,2'
echo more >>in.txt
cwflow -q tell
run sh -c 'cwflow --stats | cut -f 1,2'
run cwflow -n -q tell
