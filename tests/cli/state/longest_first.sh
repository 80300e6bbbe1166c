# With records the job with the longest way behind it starts first.
workflow <<'WF'
rules:
  all: {input: [a.txt, b.txt, z2.txt]}
  a: {input: in.txt, output: a.txt, shell: "cat {input} > {output}; echo a >> ran"}
  b: {input: in.txt, output: b.txt, shell: "cat {input} > {output}; echo b >> ran"}
  z1: {input: in.txt, output: z1.txt, shell: "cat {input} > {output}; echo z1 >> ran"}
  z2: {input: z1.txt, output: z2.txt, shell: "test -e fast || sleep 1.5; cat {input} > {output}; echo z2 >> ran"}
WF
put in.txt
cwflow -q
put in.txt new; : >ran; touch fast
cwflow -q
head -1 ran
