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
