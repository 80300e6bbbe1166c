# New times of many files are looked into once, by the next run that may write.
need strace
no_sanitizer ptrace
workflow <<'WF'
rules:
  copy: {input: in.txt, output: out.txt, shell: "cat {input} > {output}"}
WF
put in.txt; cwflow -q
touch in.txt
reads() { strace -f -e trace=openat,open -o log "$@" 2>/dev/null || skip "strace cannot trace"; grep -c '"in.txt"' log; }
reads cwflow -n
reads cwflow -n
reads cwflow
reads cwflow -n
