#!/bin/sh
# Installs the YAML language server that tests/e2e/editor.sh asks, at the versions pinned in
# tests/editor/package-lock.json, into build/editor. usage: scripts/install-editor.sh [DIR]
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
dir=${1:-$top/build/editor}
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
	echo "install-editor: node and npm are needed (Debian: nodejs npm)" >&2
	exit 1
fi
if cmp -s "$top/tests/editor/package-lock.json" "$dir/installed.json"; then
	echo "The language server is installed."
	exit 0
fi
mkdir -p "$dir"
cp "$top/tests/editor/package.json" "$top/tests/editor/package-lock.json" "$dir"
if ! (cd "$dir" && npm ci --ignore-scripts --no-audit --no-fund --fetch-timeout=30000) \
	>"$dir/npm.log" 2>&1; then
	tail -n 20 "$dir/npm.log" >&2
	echo "install-editor: npm failed" >&2
	exit 1
fi
cp "$dir/package-lock.json" "$dir/installed.json"
echo "The language server is installed."
