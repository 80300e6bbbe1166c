# How a file was made, back to the sources; times and places masked.
need git
export ASAN_OPTIONS="${ASAN_OPTIONS-}:fast_unwind_on_malloc=0" # for lsan.supp
workflow <<'WF'
rules:
  all: {input: sum.txt}
  half:
    input: in/{x}.txt
    output: mid/{x}.txt
    params: {n: 1}
    shell: head -n {params.n} {input} > {output}
  sum:
    input: [mid/a.txt, mid/b.txt]
    output: sum.txt
    shell: cat {input} > {output}
WF
put in/a.txt 'one'; put in/b.txt 'two'
git init -q; git add Workflowfile in
git -c user.name=x -c user.email=x@y commit -q -m first
git remote add origin https://me:secret@example.org/wf.git
cwflow -q
masked() { sed -E 's/when .*/when .../; s/where .*/where .../; s/commit [0-9a-f]{40}/commit COMMIT/'; }
cwflow --lineage sum.txt | masked
echo 'x: y' >>Workflowfile; sed -i '$d' Workflowfile; echo >>Workflowfile
put in/a.txt 'other'
cwflow -q mid/a.txt
cwflow --lineage sum.txt | masked | grep -E 'made again|commit'
cwflow --lineage=dot sum.txt
cwflow --lineage=json ./sum.txt | sed -E 's/"(seconds|cpu_seconds|max_rss_kb)": ?[0-9.e-]+/"\1":N/g; s/"(started|ended|host|user|cwflow|commit)": ?"[^"]*"/"\1":"..."/g'
run cwflow --lineage nothing.txt
run cwflow --lineage
