# --list-targets, --list-untracked, --unlock, --stats without records.
workflow <<'WF'
rules:
  all: {input: out/a.txt}
  make:
    input: in/{x}.txt
    output: out/{x}.txt
    shell: cp {input} {output}
  other: {output: other.txt, shell: "touch {output}"}
  scripted: {input: {expand: "{s}.in"}, output: scripted.txt, script: scripts/./one.py}
sets: {s: {table: table.tsv}, unused: {lines: lines.txt}}
configfile: conf.yaml
WF
put scripts/one.py; put scripts/two.py; put table.tsv s; put lines.txt; put conf.yaml "k: 1"; put in/a.txt; put in/b.txt; put notes.md; put "out/old
file"; put $'out/esc\e[31m'; put .hidden
run cwflow --list-targets
run cwflow --list-untracked
run cwflow --unlock
run cwflow --stats
cwflow -q
cwflow --stats | cut -f1,2
