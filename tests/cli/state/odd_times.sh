# Times that say nothing: in the future, equal, set back, changed while a job ran.
workflow <<'WF'
rules:
  all: {input: out.txt}
  copy: {input: in.txt, output: out.txt, shell: "cat {input} > {output}; if test -e late; then cat late > {input}; rm late; fi"}
WF
put in.txt one
touch -d '2100-01-01' in.txt
cwflow -q
run cwflow -n
# set back, with other bytes: older than the output, and changed all the same
put in.txt two; touch -d '1990-01-01' in.txt
run cwflow -n -q
cwflow -q; cat out.txt
run cwflow -n
# equal times
touch -d '2020-01-01' in.txt out.txt
run cwflow -n
# changed while its job ran: stale the next time, once
put in.txt three; put late four
cwflow -q; cat out.txt
run cwflow -n -q
cwflow -q; cat out.txt
run cwflow -n
# without records: by the times
rm -r .cwflow
touch -d '2020-01-01' in.txt out.txt
run cwflow -n
touch -d '2020-01-02' in.txt
run cwflow -n -q
