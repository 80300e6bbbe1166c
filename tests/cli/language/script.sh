# A script reads the job from $CWFLOW_JOB.
need python3
put in/a.txt
put scripts/x.py "import json, os
job = json.load(open(os.environ['CWFLOW_JOB']))
out = job['output']['named']['o']
json.dump(job, open(out, 'w'), indent=1, sort_keys=True)"
workflow <<'EOF'
config: {k: [1, {a: b}]}
rules:
  a:
    input: {x: "in/{w}.txt", l: [in/a.txt]}
    output: {o: "{w}.json"}
    log: "{w}.log"
    params: {n: 1, d: {e: [2, 3]}}
    threads: 2
    resources: {mem: 1GB, tag: x}
    script: scripts/x.py
EOF
run cwflow -q -j4 a.json
cat a.json
