#!/bin/sh
# What is installed works from where it stands, and everything is in its place.
set -eu
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
fail()
{
	echo "FAILED: $*" >&2
	exit 1
}

cmake --install "$BUILD" --prefix "$box/usr" >"$box/log" 2>&1 || fail "$(cat "$box/log")"
cd "$box/usr"
for file in bin/cwflow libexec/cwflow/wordcount libexec/cwflow/zipf_test \
	libexec/cwflow/make_corpus share/man/man1/cwflow.1 share/man/man1/wordcount.1 \
	share/cwflow/workflowfile.schema.json share/doc/cwflow/LICENSE \
	share/doc/cwflow/workflow-format.md share/doc/cwflow/examples/wordcount/Workflowfile \
	share/bash-completion/completions/cwflow share/zsh/site-functions/_cwflow \
	share/fish/vendor_completions.d/cwflow.fish; do
	[ -s "$file" ] || fail "$file is missing"
done
for program in bin/cwflow* bin/cwabc* libexec/cwflow/*; do
	name=${program##*/}
	[ "$name" = cwabc_plot ] || [ ! -e "$program" ] || [ -s "share/man/man1/$name.1" ] ||
		fail "$name has no manual page"
done
bash -n share/bash-completion/completions/cwflow

PATH=$box/usr/bin:/usr/bin:/bin
export PATH
[ "$(cwflow --tools-dir)" = "$box/usr/libexec/cwflow" ] || fail "--tools-dir: $(cwflow --tools-dir)"
cp -R share/doc/cwflow/examples/wordcount "$box/run"
cd "$box/run"
cwflow -j 2 -q --config texts=3
[ "$(wc -l <results/results.csv)" = 4 ] || fail "the example has no table"
cwflow -n --config texts=3 | grep -qx 'nothing to be done' || fail "it would run again"
echo "ok"
