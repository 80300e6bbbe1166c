# What to ask for: threads as busy as they were, memory and time with room to spare.
need python3
no_sanitizer "times and memory"
workflow <<'X'
rules:
  all: {input: [busy, idle]}
  busy: {output: busy, threads: 4, shell: "python3 -c 'x = bytearray(100 << 20); import time; time.sleep(1.1)'; touch {output}"}
  idle: {output: idle, shell: "touch {output}"}
X
cwflow -q -j4
run cwflow --stats --advise | cut -f 1,2,9,11,13
cwflow --advise | awk -F'\t' '$1 == "busy" {print ($12 >= 110 && $12 <= 200 ? "enough" : $12)}'
run cwflow --stats --summary
