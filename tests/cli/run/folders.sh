# -s and -d: the file from where we are, the work in the other folder.
mkdir flows work
workflow flows/copy.yaml <<'TXT'
rules:
  all: {input: sub/out.txt}
  one: {output: sub/out.txt, shell: "pwd > {output}"}
TXT
run cwflow -s flows/copy.yaml -d work -q
[ "$(cat work/sub/out.txt)" = "$PWD/work" ] && echo "in work"
run cwflow -d nowhere
run cwflow
mkdir -p workflow
cp flows/copy.yaml workflow/Workflowfile
run cwflow -n -q
