# The set of inputs: one more, one less.
workflow <<'WF'
sets: {i: {glob: "in/{i}.txt"}}
rules:
  all: {input: out.txt}
  cat:
    input: {expand: "in/{i}.txt"}
    output: out.txt
    shell: cat {input} > {output}
WF
put in/a.txt; put in/b.txt; put in/c.txt
cwflow -q
rm in/b.txt; put in/d.txt; age in/d.txt 1000
run cwflow --why out.txt
run cwflow -n -q --rerun-triggers mtime,checksum,code,params
run cwflow -q
cat out.txt
run cwflow -n
