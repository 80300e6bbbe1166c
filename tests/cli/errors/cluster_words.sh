# Commands for a cluster are judged before anything runs.
workflow <<'WF'
rules:
  a: {output: a.txt, shell: "touch {output}"}
WF
cat >p.yaml <<'X'
cluster:
  submit: qsub {cluster.queue} {cluster.tme}
  queue: -q all
  time: -t 5
cluster-status: qstat {jobids} {threads}
X
run cwflow -n --profile ./p.yaml
run cwflow -n --cluster 'sub {cluster.queue}'
run cwflow -n --cluster 'sub' --cluster-status 'stat {jobs}'
run cwflow -n --cluster 'sub' --cluster-cancel 'del {input}'
run cwflow -n --cluster ' '
run cwflow -n --cluster 'sub {jobscript'
run cwflow -n --max-status-rate often
run cwflow -n -q --cluster 'sub {threads} {jobscript}' --cluster-status 'stat {jobid} {jobids}'
