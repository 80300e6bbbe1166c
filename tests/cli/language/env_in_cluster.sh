# {env.NAME} in lists of arguments, in `env` and within params: jobs of a cluster get the
# value from their environment, and no script of theirs holds it.
workflow <<'X'
envvars: [SECRET, MEM]
rules:
  all: {input: [args, vars, text, list, doc, number]}
  args:
    output: args
    command: [printf, '<%s>\n', "{env.SECRET}", "x'y {env.SECRET}z", "{params.all}", "{params.one}-"]
    stdout: "{output}"
    params: {all: ["{env.SECRET}", b], one: "k={env.SECRET}"}
  vars:
    output: vars
    env: {TOKEN: "it's {env.SECRET}", PLAIN: p}
    shell: echo "$TOKEN" $PLAIN > {output}
  text:
    output: text
    params: {one: "a b={env.SECRET}'c"}
    shell: printf '<%s>' {params.one} "in {params.one}" 'single {params.one}' > {output}
  list:
    output: list
    params: {all: ["{env.SECRET}", "x {env.SECRET}"]}
    shell: printf '<%s>' {params.all} > {output}; cat {params.all:list} >> {output}
  doc:
    output: doc
    params: {one: "1{env.SECRET}2"}
    shell: |
      cat > {output} <<E
      {params.one} {env.SECRET}
      E
  number:
    output: number
    resources: {mem: "{env.MEM}GB"}
    params: {n: "{env.MEM}0"}
    shell: echo {resources.mem_mb} {params.n} > {output}
X
cat > submit <<'X'
#!/bin/sh
cp "$1" "$1.kept"
"$1" >/dev/null 2>&1
echo 7
X
chmod +x submit
secret='s3 "c$r`e\t'
for how in "" "--cluster ./submit --latency-wait 0"; do
	rm -f args vars text list doc number
	# shellcheck disable=SC2086
	SECRET=$secret MEM=2 cwflow -q -j1 -F $how --events ev >log 2>&1 || cat log
	head -50 args vars text list doc number
	echo
	grep -rlF "$secret" .cwflow log ev
done
find .cwflow/cluster -name '*.kept' | wc -l
# A variable that does not come with the job is said, and the command is not run.
sed -i 's/^"\$1"/env -u SECRET "$1"/' submit
rm -f args vars
SECRET=$secret MEM=2 cwflow -q -k -j1 -F --cluster ./submit args vars >log 2>&1
grep -c 'variable SECRET did not come' log
