# The nearest name is offered for words of the language and for wildcards in patterns, too.
workflow <<'EOF'
config: {samples: [a]}
rules:
  a:
    input: "in/{smaple}.txt"
    output: "a/{sample}.txt"
    params: {n: "{wildcrds.sample}", m: "{cofnig.samples}"}
    resources: {mem_mb: "{atempt}"}
    shell: "cp {inptu} {outptu} {thread} {param.n} {resource.mem_mb} {inputs} {rul} {workdr} {sampel}"
  b:
    output: "b/{sample}.txt"
    log: "b/{smaple}.log"
    shell: "touch {output}"
  c:
    output: "c/{sample}.txt"
    benchmark: "c/{sample}.{sampl}.tsv"
    shell: "touch {output}"
  d:
    input: {expand: "{cofnig.samples}.{threds}"}
    output: d
    shell: "touch {output:nmae}"
EOF
run cwflow -n
