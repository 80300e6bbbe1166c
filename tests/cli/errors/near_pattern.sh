# A target that no rule makes: the file or the pattern that is nearest.
workflow <<'X'
rules:
  map: {output: "results/{sample}.bam", shell: "touch {output}"}
  count: {input: "results/{sample}.bam", output: "counts/{sample}.tsv", shell: "touch {output}"}
X
run cwflow -n result/a.bam
run cwflow -n counts/a.tvs
run cwflow -n counts.tsv
run cwflow -n nothing/like/that
workflow <<'X'
rules:
  number: {output: 'n/{n,\d+}.txt', shell: "touch {output}"}
  twice: {output: "t/{a}/{a}.txt", shell: "touch {output}"}
X
run cwflow -n n/one.txt
run cwflow -n t/a/b.txt
