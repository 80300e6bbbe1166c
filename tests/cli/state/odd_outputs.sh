# Outputs that are links or pipes, and a job that leaves a process behind.
workflow <<'WF'
rules:
  all: {input: [link.txt, behind.txt]}
  link: {input: in.txt, output: link.txt, shell: "cat {input} > real; ln -sf real {output}"}
  behind: {input: link.txt, output: behind.txt, shell: "(sleep 300 &) ; cat {input} > {output}"}
  fifo: {output: pipe, shell: "mkfifo {output}"}
WF
put in.txt
run cwflow -q
ls -l link.txt | sed 's/.* link.txt/link.txt/'
run cwflow -n
put real other
run cwflow -n -q
run timeout 200 cwflow -q pipe
run timeout 200 cwflow -n pipe
