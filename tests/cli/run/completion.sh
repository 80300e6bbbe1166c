# Completion: every option is offered, values by their kind, names of rules and profiles; what
# the line says of -s and -d goes with the question, and programs that print rules are not run.
mkdir -p "$HOME/.config/cwflow/profiles" other
echo 'cores: 2' >"$HOME/.config/cwflow/profiles/mine.yaml"
workflow <<'WF'
include:
  - {command: [./generate]}
rules:
  all: {input: a.txt}
  part: {output: "{n}.txt", shell: "touch {output}"}
WF
printf '#!/bin/sh\ntouch ran\n' >generate
chmod +x generate
workflow other/Workflowfile <<'WF'
rules:
  elsewhere: {output: e.txt, shell: "touch {output}"}
WF
for shell in bash zsh fish; do
	cwflow --completion $shell >$shell
	! command -v $shell >/dev/null || $shell -n $shell || echo "$shell: not well formed"
done
cwflow --help=all | grep -oE -- '(--[a-z][a-z-]+|^ +-[A-Za-z]\b)' | tr -d ' ' | sort -u >options
for shell in bash zsh fish; do
	sed -e 's/-l \([a-z]\)/--\1/g; s/ -s \([A-Za-z]\)/ -\1 /g' $shell >seen
	while read -r option; do
		grep -q -e "$option\b" seen || echo "$shell has no $option"
	done <options
done
source ./bash
compopt() { :; }
try()
{
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
	_cwflow
	printf '%s: %s\n' "$*" "$(printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' ' ')"
}
try cwflow --da
try cwflow --dag = j
try cwflow --dag =
try cwflow -R pa
try cwflow al
try cwflow pa
try cwflow --set-threads p
try cwflow --batch p
try cwflow --profile m
try cwflow --profile = sl
try cwflow -d ot
try cwflow --rerun-triggers ch
try cwflow --help = cl
try cwflow --retries ''
try cwflow -d other el
try cwflow --snakefile = other/Workflowfile els
ls ran 2>&1
run cwflow --completion csh
