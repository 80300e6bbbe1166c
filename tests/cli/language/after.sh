# Parts whose number is known only when a job is done.
workflow <<'EOF'
rules:
  all: {input: [sum/a.txt, sum/b.txt]}
  clustering:
    output: {path: "clusters/{s}", directory: true}
    shell: |
      mkdir -p {output}
      for i in $(seq $(echo {s} | tr ab 23)); do echo {s}$i > {output}/$i.txt; done
  post:
    input: "clusters/{s}/{i}.txt"
    output: "post/{s}/{i}.txt"
    shell: cp {input} {output}
  sum:
    input: {expand: "post/{s}/{i}.txt", i: {glob: "clusters/{s}/{i}.txt", after: clustering}}
    output: sum/{s}.txt
    shell: cat {input} > {output}
EOF
run cwflow -n -q
run cwflow -q -j2
cat sum/a.txt sum/b.txt
run cwflow
rm -r clusters/a
run cwflow -q -j2
cat sum/a.txt
