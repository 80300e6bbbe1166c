# A folder that cannot be written: looking works, a run says why it cannot.
[ "$(id -u)" != 0 ] || need setpriv
as_user() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi; }
workflow <<'WF'
rules:
  all: {input: out.txt}
  copy: {input: in.txt, output: out.txt, shell: "cat {input} > {output}"}
WF
put in.txt
cwflow -q
chmod -R a+rX .; chmod a+rx "$BOX" .cwflow; chmod 555 .cwflow .; chmod 444 .cwflow/*
run as_user cwflow -n
run as_user cwflow -S | cut -f1,5,6
run as_user cwflow -F
chmod -R u+w . .cwflow
