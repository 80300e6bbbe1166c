# Removed temporary files trigger nothing, and are made again where they are needed.
workflow <<'WF'
rules:
  all: {input: [x.txt, y.txt]}
  mid:
    input: in.txt
    output: {path: mid.txt, temp: true}
    shell: cat {input} > {output}
  x:
    input: mid.txt
    output: x.txt
    shell: cat {input} > {output}; echo x >> ran
  y:
    input: mid.txt
    output: y.txt
    shell: cat {input} > {output}; echo y >> ran
WF
put in.txt
cwflow -q; ls mid.txt
run cwflow -n
rm x.txt; : >ran
run cwflow -n -q
cwflow -q; cat ran
run cwflow -n
