# Outputs of the targets' jobs go, with the folders they emptied; nothing else does.
workflow <<'TXT'
rules:
  all: {input: [a/b/one.txt, c/two.txt, link/three.txt]}
  one: {output: a/b/one.txt, shell: "touch {output}"}
  two: {input: source.txt, output: c/two.txt, log: c/two.log, shell: "touch {output} {log}"}
  three: {output: link/three.txt, shell: "touch {output}"}
TXT
put source.txt
mkdir elsewhere
ln -s elsewhere link
cwflow -q
put c/mine.txt
run cwflow --delete-all-output -n
cwflow --delete-all-output -n >/dev/full
echo $?
run cwflow -j 1 --delete-all-output two
run cwflow --delete-all-output
run cwflow --delete-all-output
files
