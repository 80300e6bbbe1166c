# Without rules of its own a file has no default target; one that joins it may name one.
workflow <<'X'
include: [more.yaml]
X
workflow more.yaml <<'X'
rules:
  more: {output: more.txt, shell: "echo > {output}"}
X
run cwflow -n -q
echo 'default_target: more' >>more.yaml
run cwflow -n -q
echo 'default_target: less' >>Workflowfile
run cwflow -n -q
