# The reader of $CWFLOW_JOB for R.
need Rscript
put a.txt hello
put x.R 'source(file.path(Sys.getenv("CWFLOW_SHARE"), "cwflow_job.R"))
job <- cwflow_job()
cat(job$rule, job$wildcards$w, job$input$x, job$input[[1]], job$params$n, job$threads,
    job$params$t, job$params$l[2], "\n", file = job$output$o)'
workflow <<'EOT'
rules:
  r:
    input: {x: a.txt}
    output: {o: "{w}.out"}
    params: {n: 10, t: "é \" \\ \n x", l: [a, b]}
    script: x.R
EOT
run cwflow -q u.out
cat u.out
# A name that is no UTF-8.
put y.R 'source(file.path(Sys.getenv("CWFLOW_SHARE"), "cwflow_job.R"))
job <- cwflow_job()
cat(file.exists(job$input[[1]]), file = job$output[[1]])'
workflow <<'EOT'
rules:
  r: {input: "{w}.in", output: "{w}.bytes", script: y.R}
EOT
touch $'\xff \xc3\xa9.in'
run cwflow -q $'\xff \xc3\xa9.bytes'
cat $'\xff \xc3\xa9.bytes'
