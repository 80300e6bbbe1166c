workflow <<'EOF'
config: {a: 1}
rules:
  a: {output: x, shell: touch x}
EOF
cwflow -n -C a
cwflow -n --set-resources a=1
cwflow -n --set-threads a=x
cwflow -n --configfile gone.yaml
cwflow -n -q --set-threads b=1 --set-resources b:mem=1GB
cwflow -n --default-resources disk_mb=x
cwflow -n -C a..b=1
cwflow -n -j-1
cwflow -n --latency-wait soon --retries -1 --max-jobs 0 --resources gpu=x --checksum-limit big
cwflow --dag --summary
cwflow --report r.html --crate crate
