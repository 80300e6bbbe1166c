# A rebuilt intermediate that comes out identical makes nothing below it run; a dry run
# counts such jobs apart.
workflow <<'WF'
rules:
  all: {input: c.txt}
  a:
    input: in.txt
    output: a.txt
    shell: tr -d ' ' < {input} > {output}
  b:
    input: a.txt
    output: b.txt
    shell: cat {input} > {output}; echo b >> ran
  c:
    input: b.txt
    output: c.txt
    shell: cat {input} > {output}; echo c >> ran
WF
put in.txt 'one two'
run cwflow -q
put in.txt 'on etwo'
run cwflow -n
run cwflow -n -q
cwflow -q
cat ran
run cwflow -n
put in.txt 'three'
cwflow -q
cat ran
# -R makes what depends on it run, whatever comes out
run cwflow -n -q -R a
