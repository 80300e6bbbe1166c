#!/bin/sh
# Every figure of docs/benchmarks-abc.md and of the table in docs/abc-samplers.md, in one go,
# for a quiet machine (some six minutes; with "failures" five more, mostly of waiting).
#
#     bench/abc/all.sh BUILD [PYTHON_WITH_PYABC] [failures]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$1
python=${2-}
failures=${3-}
echo "# $(date -u '+%F %T') UTC, load $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) processors"
for script in compare redis_rates samplers; do
	echo
	echo "## $script.py"
	case $script in
	samplers) set -- ;;
	*) set -- ${python:+"$python"} ;;
	esac
	"$here/$script.py" "$build" "$@" || echo "# $script.py: exit status $?"
done
if [ "$failures" = failures ]; then
	echo
	echo "## redis_failures.py"
	"$here/redis_failures.py" "$build" ${python:+"$python"} || echo "# exit status $?"
fi
