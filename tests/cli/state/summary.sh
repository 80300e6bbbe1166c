# --summary, --detailed-summary: hostile names are escaped, the words are Snakemake 7's.
workflow <<'WF'
rules:
  all: {input: [c.txt, d.txt, "e\tf.txt", "g\x1b.txt"]}
  a:
    output: {path: a.txt, temp: true}
    log: a.log
    shell: echo 1 > {output} 2> {log}
  c:
    input: a.txt
    output: c.txt
    params: {n: 1}
    shell: "cat {input} > {output} # {params.n}"
  d:
    input: in.txt
    output: d.txt
    shell: "cat {input} > {output}"
  e:
    output: "e\tf.txt"
    shell: "echo 'back\\slash' > {output}"
  g: {output: "g\x1b.txt", shell: "touch {output}"}
WF
put in.txt
no_date() { sed -E 's/[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [0-9]{4}/DATE/'; }
cwflow --summary | no_date
cwflow -q
put in.txt new
sed -i 's/{n: 1}/{n: 2}/' Workflowfile
cwflow --summary | no_date
cwflow -D | no_date
