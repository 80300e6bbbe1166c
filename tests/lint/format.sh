#!/bin/sh
# Every C file is as clang-format 14 writes it. usage: format.sh [--fix]
set -eu
cd "$(dirname "$0")/../.."
dirs=$(ls -d engine rules tests bench 2>/dev/null || true)
tool=$(command -v clang-format-14 || command -v clang-format || true)
if [ -z "$tool" ] || ! "$tool" --version | grep -q 'version 14\.'; then
	echo "clang-format 14 is not installed"
	exit 77
fi
if [ "${1-}" = --fix ]; then
	find $dirs -name '*.[ch]' -exec "$tool" -i {} +
	exit
fi
files=$(find $dirs -name '*.[ch]' -exec "$tool" --dry-run -Werror {} + 2>&1 |
	sed -n 's/^\([^:]*\):[0-9].*error:.*/\1/p' | sort | uniq -c)
[ -z "$files" ] && exit 0
echo "places that clang-format would change (tests/lint/format.sh --fix):"
echo "$files"
exit 1
