# Names, numbers and all of inputs and outputs.
put a; put b; put c
workflow <<'EOF'
rules:
  r:
    input: [a, {one: b, more: [c, a]}]
    output: [o1, {two: o2}]
    log: {err: log.txt}
    params: [p0, {k: p1, n: {deep: [x, y]}}]
    threads: 2
    resources: {mem_mb: 100}
    shell: |
      echo {input} : {input[0]} {input.one} {input.more} {input.more[1]} > {output[0]}
      echo {output.two} {params[0]} {params.k} {params.n.deep[1]} {threads} {resources.mem_mb} > {output[1]}
      echo {rule} {attempt} {log} {log.err} >> {output.two}
EOF
run cwflow -q -j4
cat o1 o2
