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
# So are the other files of the command line; -d goes away from them.
echo 'k: 2' >c.yaml
workflow work/Workflowfile <<'TXT'
config: {k: 1}
rules:
  one: {output: k.txt, shell: "echo {config.k} > {output}"}
TXT
run cwflow -d work --configfile c.yaml --events ev.json -q
cat work/k.txt
[ -s ev.json ] && echo "events here"
