# What a job tells in its depfile counts from then on.
workflow <<'WF'
rules:
  all: {input: out.txt}
  make:
    input: main.txt
    output: out.txt
    depfile: out.d
    shell: "cat {input} $(cat list) > {output}; echo {output}: {input} $(cat list) > out.d"
WF
put main.txt; put list 'a.h b.h'; put a.h; put b.h; put c.h
cwflow -q
run cwflow -n
touch a.h
run cwflow -n
put b.h new
run cwflow --why out.txt
put list 'a.h c.h'
cwflow -q
run cwflow -n
put b.h newer
run cwflow -n
put c.h newer
run cwflow -n -q
rm a.h
run cwflow -n -q
