# A script that changed makes its job run again, also where the configuration names it.
workflow <<'X'
config: {ending: sh}
rules:
  one: {output: one.txt, script: "make.{config.ending}"}
X
printf '#!/bin/sh\necho 1 > one.txt\n' >make.sh
run cwflow -q
printf '#!/bin/sh\necho 2 > one.txt\n' >make.sh
run cwflow -n
run cwflow -q
run cat one.txt
