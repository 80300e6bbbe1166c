# Units of memory, disk and time.
workflow <<'EOF'
defaults: {resources: {disk: 1TB, mem_mb: 7}}
rules:
  a:
    output: a
    resources: {mem: 4GiB, runtime: 90s, gpu: 2, kind: big}
    shell: echo {resources.mem_mb} {resources.disk_mb} {resources.runtime} {resources.gpu} {resources.kind} > {output}
EOF
run cwflow -q
cat a
run cwflow -q -F --set-resources a:mem=1GB a:kind=small --default-resources runtime=5 disk=1
cat a
