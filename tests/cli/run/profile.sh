# Profiles: where they are looked for, which wins, configuration of any shape in them.
unset XDG_CONFIG_HOME CWFLOW_PROFILE
dir=$HOME/.config/cwflow
mkdir -p "$dir/profiles" here
workflow <<'WF'
config: {v: file, a: {b: 0, c: 1}}
rules:
  one: {output: o.txt, shell: "echo {config.v} {config.a.b} {config.a.c} > {output}"}
WF
look() { cwflow -n -p "$@" 2>&1 | grep -E 'command:|error|note' | sed 's/ > o.txt//'; }
echo 'config: {v: beside}' >"$dir/mine.yaml"
look --profile mine
echo 'config: {v: mine}' >"$dir/profiles/mine.yaml"
look --profile mine
echo 'config: {v: here}' >here/config.yaml
look --profile ./here
CWFLOW_PROFILE=./here look
CWFLOW_PROFILE=./here look --profile mine
CWFLOW_PROFILE=./here look --profile mine --config v=line
# what it builds on, and the file of all runs, give way
echo 'config: {v: all, a: {c: all}}' >"$dir/config.yaml"
echo '{profile: mine, config: {a: {b: top}}}' >top.yaml
look
look --profile ./top.yaml
look --profile ./top.yaml --config a.b=line 'a={c: line}'
rm "$dir/config.yaml"
for config in '{v: "a: b"}' "{v: '# x'}" '{v: [1, "2 3", -4]}' '{v: "é\n\"\\"}' '{v: ~}' '{v: ""}' \
	'{a.b: 7}' '[v=z, a.b=9]' 'v=s' '{a: {b: [x, [y]]}}' '[[x]]'; do
	echo "config: $config" >p.yaml
	look --profile ./p.yaml
done
printf 'config:\n  v: |\n    two\n    lines\n  a:\n    b: 3\n    c: [4, 5]\n' >p.yaml
look --profile ./p.yaml
