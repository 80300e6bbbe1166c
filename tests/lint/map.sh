#!/bin/sh
# The map at the top of engine/cli/main.c: every room of the engine is named in it, and
# every function it names (a name with parentheses) is in the room it says.
set -eu
cd "$(dirname "$0")/../.."
map=$(sed -n '1,/\*\//p' engine/cli/main.c)
bad=0
for room in engine/*/; do
	room=$(basename "$room")
	find "engine/$room" -name '*.[ch]' | grep -q . || continue
	printf '%s\n' "$map" | grep -qw "$room" || {
		echo "the map in engine/cli/main.c lacks the room $room"
		bad=1
	}
done
# "graph   dag_build()   dag (sets)": the first word behind the function is its room.
printf '%s\n' "$map" | grep -oE '[a-z_]+\*?\(\) +[a-z]+' | tr -s '()' ' ' |
	while read -r name room; do
		pattern="\\b$(printf '%s' "$name" | sed 's/\*/[a-z_]*/')\\("
		grep -qE "$pattern" "engine/$room"/*.h || {
			echo "the map in engine/cli/main.c: no $name() in engine/$room"
			exit 1
		}
	done || bad=1
exit $bad
