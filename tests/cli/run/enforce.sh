# --enforce: a job over its memory or its time is ended, and the failure says by what.
no_sanitizer "memory of a job is not that of its program"
workflow <<'TXT'
rules:
  all: {input: [memory, fine]}
  memory:
    output: memory
    resources: {mem: 30MB}
    shell: python3 -c 'x = bytearray(200000000); import time; time.sleep(30)'; touch {output}
  fine: {output: fine, resources: {mem: 1GB, runtime: 1}, shell: "x=1; touch {output}"}
TXT
need python3
run cwflow -k --enforce | sed "s/held [0-9]* MB/held N MB/" | grep -v "^! \[\|Killed: python3\|it printed"
run cwflow -n -q
