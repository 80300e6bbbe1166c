# Larger files count by their stamp.
workflow <<'WF'
rules:
  copy: {input: in.txt, output: out.txt, shell: "cat {input} > {output}"}
WF
put in.txt 'twenty bytes or more'
cwflow -q --checksum-limit 10
run cwflow -n --checksum-limit 10
touch in.txt
run cwflow -n -q --checksum-limit 10
run cwflow -n -q --checksum-limit 0
run cwflow -n --checksum-limit lots
