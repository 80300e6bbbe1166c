# Values of variables are in no record and in nothing that is shown.
export TOKEN='s3cr3t"x'
workflow <<'X'
envvars: [TOKEN]
rules:
  a: {output: a, params: {k: "{env.TOKEN}", l: ["--tok={env.TOKEN}"]}, shell: "echo {params.k} {params.l} > {output}"}
  b: {output: b, env: {T: "x{env.TOKEN}"}, shell: "echo $T > {output}"}
  c: {output: c, command: [echo, "{env.TOKEN}", "--x={env.TOKEN}"], stdout: "{output}"}
  d: {output: d, message: "with {params.k}", params: {k: "{env.TOKEN}"}, shadow: minimal, shell: "false {params}"}
X
run cwflow -k -p a b c d --events events
cat a b c
grep -c s3cr3t events
grep -rl s3cr3t .cwflow
for how in --summary --detailed-summary --lineage --why '-n -p -F'; do
	# shellcheck disable=SC2086 # options
	cwflow $how a b c | grep s3cr3t
done
TOKEN=other run cwflow -n a b c
# a job may print them: that is shown, and kept nowhere; passwords in URLs are cut
workflow <<'X'
envvars: [TOKEN]
rules:
  p: {output: p, params: {u: "https://me:pw12@host/x"}, shell: "echo {env.TOKEN} ftp://a:pw34@b; echo {params.u} > {output}; test -e ok"}
X
run cwflow -q -p --events events
touch ok
run cwflow -q -p --events events
run cwflow -n -p -F
cat p
cwflow --report report.html; cwflow --crate crate; cwflow --trace trace; cwflow -D >table
grep -rEl 's3cr3t|pw12|pw34' .cwflow events report.html trace table
grep -rEl 's3cr3t|pw34' crate # a copy of the Workflowfile
