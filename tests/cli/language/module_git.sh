# Modules in git repositories: pinned, kept for offline use, checked.
need git
no_sanitizer "libgit2 keeps what it compiled its patterns to"
git init -q -b main repo
git -C repo config user.name x; git -C repo config user.email x@example.org
put repo/Workflowfile "include: part.yaml
rules:
  one: {output: one.txt, shell: 'echo {rule} {config.n} v1 > {output}'}"
put repo/part.yaml "rules:
  two: {output: two.txt, script: two.sh}"
put repo/two.sh 'echo two > two.txt'
put repo/evil.yaml "include: ../../../etc/passwd"
ln -s /etc repo/etc
put repo/link.yaml "sets: {s: {lines: etc/passwd}}
rules: {x: {output: x, script: etc/gone.sh}}"
put repo/gen.yaml "include: [{command: [./two.sh]}]"
git -C repo add . && git -C repo commit -q -m one && git -C repo tag v1
workflow <<'EOT'
config: {n: 5}
include:
  - {git: ./repo, ref: main, as: lab_, prefix: lab/}
rules:
  all: {input: [lab/one.txt]}
EOT
run cwflow -q
cat lab/one.txt
sed -E 's/commit: [0-9a-f]{40}/commit: ID/; s|'"$PWD"'|DIR|' Workflowfile.lock
sed -i s/v1/v2/ repo/Workflowfile; git -C repo commit -q -a -m two
run cwflow
mv repo repo.gone
run cwflow -n
mv repo.gone repo
run cwflow -q --update-modules
cat lab/one.txt
sed -i 's/ref: main/ref: v9/' Workflowfile
run cwflow -n 2>&1 | sed "s|$PWD|DIR|"
sed -i 's/ref: v9/ref: main, path: evil.yaml/' Workflowfile
run cwflow -n | sed -E 's|modules/[0-9a-f-]+/|modules/ID/|'
sed -i 's/evil.yaml/link.yaml/' Workflowfile
run cwflow -n | sed -E 's|modules/[0-9a-f-]+/|modules/ID/|'
sed -i 's/link.yaml/gen.yaml/' Workflowfile
run cwflow -n | sed -E 's|modules/[0-9a-f-]+/|modules/ID/|'
sed -i 's/, path: gen.yaml//' Workflowfile
echo dirt >>"$(echo "$HOME"/.cache/cwflow/modules/*/Workflowfile | cut -d' ' -f1)"
echo dirt >>"$(echo "$HOME"/.cache/cwflow/modules/*/Workflowfile | cut -d' ' -f2)"
cwflow -n 2>&1 | sed -E 's|"[^"]*"|PATH|'
