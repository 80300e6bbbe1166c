# A missing or damaged database means "no records": said, never a crash.
workflow <<'WF'
rules:
  all: {input: out.txt}
  copy:
    input: in.txt
    output: out.txt
    shell: cat {input} > {output}
WF
put in.txt
age in.txt 100
cwflow -q
echo "no database" >.cwflow/state.db
run cwflow -n
run cwflow
run cwflow -q
ls .cwflow | grep -v log
cwflow -q -F
# half of it
head -c 5000 .cwflow/state.db >half; cp half .cwflow/state.db
run cwflow
cwflow -q -F
rm .cwflow/state.db
run cwflow -n
put in.txt new
run cwflow -q
run cwflow -n
