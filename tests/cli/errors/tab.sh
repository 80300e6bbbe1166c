printf 'rules:\n\tall:\n\t\tinput: a\n' >Workflowfile
cwflow
