# bash with -euo pipefail; sh with -eu; a prefix of one's own.
workflow <<'TXT'
rules:
  all: {input: [pipe, unset, false]}
  pipe: {output: pipe, shell: "false | touch {output}"}
  unset: {output: unset, shell: "echo $nothing; touch {output}"}
  false: {output: false, shell: "false; touch {output}"}
TXT
run cwflow -k -q
workflow <<'TXT'
shell: {executable: sh, prefix: "greeting=hello;"}
rules:
  one: {output: out, shell: "echo $greeting $nothing > {output}"}
TXT
run cwflow
cat out
