# Remarks about what is most likely not meant.
workflow <<'EOT'
sets: {unused: [1], g: {glob: "out/{g}.txt"}}
rules:
  all: {input: [{expand: "out/{g}.txt"}, /abs/x]}
  a: {output: "out/{x}_{y}.txt", shell: "echo 1 > junk.txt; echo 2 > {output}; echo '>' x > /dev/null 2>&1"}
  b: {output: "out/{z}.txt", log: "l/{z}.log", shell: "echo > out/{z}.txt; cat {output} >> l/{z}.log"}
  c: {output: never.txt, log: never.log, shell: "touch {output}"}
EOT
run cwflow --lint
workflow <<'EOT'
rules:
  all: {input: out/a.txt}
  b: {output: "out/{z}.txt", log: "l/{z}.log", shell: "touch {output} 2> {log}"}
EOT
run cwflow --lint
workflow <<'EOT'
rules:
  all:
    input: in
    output: out
    log: l
    shell: |
      bash -lc 'cat {input}; echo "{output}"' 2> {log}
      eval "x={output}"; eval {rule}
      ssh host cat {input}
      sh -c 'cat "$1"' sh {input} "{input}"
      echo sh -x "{input}"; for i in sh; do echo -c; done; cat "{input}" -c {input}
EOT
run cwflow --lint
