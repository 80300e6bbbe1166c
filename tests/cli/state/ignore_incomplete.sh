# What a failed job left with --keep-incomplete is unfinished, until it is made again or
# taken as it is.
workflow <<'WF'
rules:
  all: {input: [a.txt, more.txt]}
  a: {output: [a.txt, b.txt], shell: "echo half > a.txt; echo half > b.txt; test -e go"}
  resume: {output: {path: more.txt, resume: true}, shell: "echo part >> {output}; test -e go"}
WF
cwflow -q -k --keep-incomplete 2>/dev/null
run cwflow -n
run cwflow -n -q --ignore-incomplete
run cwflow -n -q --rerun-incomplete
touch go
run cwflow -q
cat a.txt more.txt
run cwflow -n
