#!/bin/sh
# Every script of the tree passes shellcheck.
set -eu
cd "$(dirname "$0")/../.."
dirs=$(ls -d scripts tests bench examples share .ci 2>/dev/null || true)
if ! command -v shellcheck >/dev/null; then
	echo "shellcheck is not installed"
	exit 77
fi
bad=0
for script in $(find $dirs -type f \
	! -path '*/cli/*/*' ! -path '*/corpora/*' | LC_ALL=C sort); do
	case $script in
	*.sh | *.bash) ;;
	*.*[!.]* | */CMakeLists.txt) [ "$(head -c 2 "$script")" = '#!' ] || continue ;;
	esac
	head -n 1 "$script" | grep -qE '^#!.*\b(sh|bash|dash)\b|shellcheck shell=' || continue
	# Notes of style (info) do not count; what may break does.
	shellcheck --severity=warning "$script" || bad=1
done
exit $bad
