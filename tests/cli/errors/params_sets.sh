# A table that only params want and that is not there, or not so, is told before the run.
workflow <<'X'
sets:
  gone: {table: gone.csv}
rules:
  one: {output: one.txt, params: {v: {expand: "{gone.x}"}}, shell: "echo {params.v} > {output}"}
X
run cwflow -n -q
run cwflow -q
