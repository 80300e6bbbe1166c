# A NUL byte would end a text early wherever the system reads it.
printf 'rules:\n  a: {output: "\\x00a", shell: "echo \\0 {output}"}\n' >Workflowfile
run cwflow -n
printf 'rules:\n  a: {output: a\0b, shell: x}\n' >Workflowfile
run cwflow -n
printf 'rules:\n  a: {output: a, shell: "touch {output}"}\n' >Workflowfile
run cwflow -n --config 'k="\0"'
