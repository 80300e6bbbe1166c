# Files that are joined: paths in them are relative to them.
put wf/rules/map.yaml "sets: {s: {lines: ids.txt}}
rules:
  map:
    output: out/{x}
    shell: cat {workflow.dir}/ids.txt > {output}"
put wf/rules/ids.txt a
workflow wf/Workflowfile <<'EOF'
include: [rules/map.yaml]
rules:
  all: {input: {expand: "out/{s}"}}
EOF
run cwflow -q -s wf/Workflowfile
files
