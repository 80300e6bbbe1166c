# Records of a later version are left alone.
need python3
workflow <<'WF'
rules:
  copy: {input: in.txt, output: out.txt, shell: "cat {input} > {output}"}
WF
put in.txt
cwflow -q
python3 -c "import sqlite3; sqlite3.connect('.cwflow/state.db').execute('PRAGMA user_version=99')"
cp .cwflow/state.db before
run cwflow
run cwflow -n
cmp before .cwflow/state.db
