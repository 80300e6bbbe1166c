# stdin is empty, threads are told to libraries, tools come last on the PATH.
workflow <<'TXT'
rules:
  all: {input: [vars.txt, tool.txt]}
  vars:
    output: vars.txt
    threads: 3
    shell: |
      echo "$OMP_NUM_THREADS $OPENBLAS_NUM_THREADS $MKL_NUM_THREADS" > {output}
      wc -c >> {output}
      ls /proc/self/fd | wc -l >> {output}
  tool:
    output: tool.txt
    shell: |
      case $PATH in *libexec/cwflow) echo last ;; *) echo "$PATH" ;; esac > {output}
TXT
run cwflow -j 4 -q
cat vars.txt tool.txt
run cwflow -j 2 -q -f vars.txt
head -n 1 vars.txt
