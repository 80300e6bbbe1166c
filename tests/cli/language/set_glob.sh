# Sorted, in one folder, without hidden files; {x,.+} descends.
mkdir -p d/sub
touch d/b.txt d/a.txt d/.h.txt d/sub/c.txt
workflow <<'EOF'
sets:
  flat: {glob: "d/{x}.txt"}
  deep: {glob: "d/{y,.+}.txt"}
rules:
  all:
    input: [{expand: "flat/{flat}"}, {expand: "deep/{deep}"}]
    output: list
    shell: printf '%s\n' {input} > {output}
  mk:
    output: "{k,flat|deep}/{x}"
    shell: touch {output}
EOF
run cwflow -q -j1
cat list
