# DOT, Mermaid, JSON: on stdout, and nothing else there.
workflow <<'TXT'
sets: {n: [1, 2]}
rules:
  all: {input: sum.txt}
  part: {output: "part/{n}.txt", shell: "echo {n} > {output}"}
  sum: {input: {expand: "part/{n}.txt"}, output: sum.txt, shell: "cat {input} > {output}"}
TXT
cwflow -q part/1.txt
run cwflow --dag
run cwflow --dag=mermaid
run cwflow --dag=json
run cwflow --rulegraph
run cwflow --filegraph
run cwflow --dag=png
# what would be markup in Mermaid and HTML stands for itself
workflow names.yaml <<'TXT'
sets: {n: ['a#lt;b', 'c&amp;d', 'e"<f>']}
rules:
  all: {input: {expand: "out/{n}"}}
  part: {output: "out/{n}", shell: "touch {output}"}
TXT
run cwflow -s names.yaml --dag=mermaid
cwflow -s names.yaml --dag | grep part
