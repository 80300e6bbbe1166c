# What of a rule makes its job run again, and what does not.
wf()
{
	workflow <<WF
config: {word: ${word-hello}}
rules:
  all: {input: out.txt}
  make:
    input: in.txt
    output: out.txt
    log: ${log-a.log}
    threads: ${threads-1}
    params: {n: ${n-1}, seed: {value: ${seed-1}, volatile: true}}
    env: {MODE: ${mode-fast}}
    resources: {mem_mb: ${mem-100}}
    shell: |
      ${command-echo} {config.word} {params.n} {threads} {resources.mem_mb} {log} \$MODE > {output}
WF
}
put in.txt
wf
cwflow -q
threads=2 wf; run cwflow -n
mem=200 log=b.log wf; run cwflow -n
seed=2 wf; run cwflow -n
command="   echo" wf; run cwflow -n
n=2 wf; run cwflow -n
word=bye wf; run cwflow --why out.txt
mode=slow wf; run cwflow --why out.txt
command="echo  -n" wf; run cwflow --why out.txt
run cwflow -n --rerun-triggers mtime,checksum,input,params
run cwflow --accept out.txt
run cwflow -n
run cwflow -n --rerun-triggers mtime,colour
