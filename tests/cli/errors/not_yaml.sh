printf 'rules: [a\n' >Workflowfile
cwflow
printf '\377\376' >Workflowfile
cwflow
printf 'a: 1\n---\nb: 2\n' >Workflowfile
cwflow
printf 'rules: !!python/object x\n' >Workflowfile
cwflow
