# {workflow.dir} is the folder of the file that says it, also where another file's rule takes
# the key over.
mkdir lib
workflow lib/m.yaml <<'X'
rules:
  base:
    output: "base/{x}"
    params: {p: "{workflow.dir}", q: none}
    env: {E: "{workflow.dir}/env"}
    shell: echo {params.p} {params.q} "$E" {workflow.dir} > {output}
  say: {output: "say/{x}", script: "{workflow.dir}/s.sh"}
X
put lib/s.sh 'mkdir -p mine; touch mine/say'
workflow <<'X'
include: [{path: lib/m.yaml, as: m_, with: {base: {params: {q: "{workflow.dir}"}}}}]
rules:
  all: {input: [base/a, mine/a, mine/say]}
  mine: {extends: m_base, output: "mine/a", params: {own: "{workflow.dir}"}}
  told: {extends: m_say, output: mine/say}
X
run cwflow -q
cat base/a mine/a
