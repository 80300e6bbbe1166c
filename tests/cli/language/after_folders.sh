# A slash at the end of a glob means folders, beside `after` and with names of the rule too.
workflow <<'X'
rules:
  all: {input: [one.txt, two.txt]}
  split:
    output: {path: "parts/{s}", directory: true}
    shell: mkdir -p {output}/a {output}/.hidden "{output}/b c"; touch {output}/file {output}/a/f
  each:
    input: parts/{s}/{i}
    output: done/{s}/{i}.txt
    shell: ls {input} > {output}
  gather:
    input: {expand: "done/{s}/{i}.txt", i: {glob: "parts/{s}/{i}/", after: split}}
    output: "{s,one|two}.txt"
    shell: printf '%s\n' {input} > {output}
X
run cwflow -q
cat one.txt two.txt
