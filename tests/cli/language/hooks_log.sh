# The log of the run is there from the first hook on; the folder is that of the file.
mkdir -p sub; workflow sub/Workflowfile <<'X'
onstart: test -e {log} && basename {workflow.dir}
onsuccess: grep -c done {log}
rules:
  one: {output: one.txt, shell: "echo > {output}"}
X
run cwflow -q -s sub/Workflowfile
