#!/bin/sh
# What an editor makes of the JSON Schema: a real language server completes keys, flags
# wrong ones and has nothing to say about good files.
set -eu
server=${CWFLOW_EDITOR:-$SOURCE/build/editor}/node_modules/yaml-language-server/bin/yaml-language-server
skip()
{
	echo "skipped: $1"
	exit 77
}
command -v node >/dev/null || skip "node is not installed"
command -v python3 >/dev/null || skip "python3 is not installed"
[ -f "$server" ] || skip "no language server; scripts/install-editor.sh installs it"
exec python3 "$SOURCE/tests/editor/language_server.py" "$server" "$SOURCE"
