# What later attempts ask for, or what inputs made in the run come to, counts before the
# job starts: two that do not fit beside each other never run at once.
head -c 1500000 /dev/zero >in
cat >alone <<'EOT'
#!/bin/sh
mkdir in_use || { echo "$1 runs beside another" >>overrun; exit 0; }
sleep 0.1
rmdir in_use
EOT
chmod +x alone
workflow <<'EOT'
sets: {n: [1, 2, 3], m: [1, 2]}
rules:
  all: {input: [{expand: "a{n}"}, {expand: "b{m}"}]}
  a:
    output: "a{n}"
    retries: 2
    resources: {mem_mb: "{attempt*300}"}
    shell: test {attempt} = 1 && exit 1; ./alone {output}; touch {output}
  mk: {input: in, output: "mid{m}", shell: "sleep 0.1; cp in {output}"}
  b:
    input: "mid{m}"
    output: "b{m}"
    resources: {mem_mb: "{input.size_mb*300}"}
    shell: ./alone {output}; touch {output}
EOT
cwflow -k -j8 -q --resources mem_mb=1000 --events ev 2>&1 | grep 'done in'
cat overrun 2>/dev/null
grep '"rule":"b"' ev | sed 's/.*"event":"\([a-z_]*\)".*"job":\([0-9]*\),"attempt":\([0-9]*\).*/\1 \3/' | sort | uniq -c
grep '"rule":"a"' ev | sed 's/.*"event":"\([a-z_]*\)".*"job":\([0-9]*\),"attempt":\([0-9]*\).*/\1 \3/' | sort | uniq -c
