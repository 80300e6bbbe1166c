# Hostile names in a crate: URIs and JSON hold them; folders outside, links and what changed
# since the run are told, not taken in.
need python3
mkdir work; cd work || exit
put ../outside/data.txt
workflow <<'X'
sets: {n: {lines: names.txt}}
rules:
  all: {input: {expand: "out/{n}"}}
  make: {input: [../outside/data.txt, in.txt], output: "out/{x}", shell: "cp {input[0]} {output}"}
X
printf '%s\n' 'a b' 'a:b' '%41' '"><b>' '#x?y' 'é' 'ro-crate-metadata.json' >names.txt
printf 'no utf-8 \377\n' >>names.txt
put in.txt
cwflow -q 2>/dev/null
echo more >>in.txt
ln -sf ../in.txt 'out/a b'
run cwflow --crate ../crate
cd ../crate || exit
python3 - <<'X'
import json, os
from urllib.parse import unquote_to_bytes
graph = json.load(open("ro-crate-metadata.json", encoding="utf-8"))["@graph"]
for e in graph:
    if "File" in e["@type"]:
        print(ascii(e["name"]), e["@id"] if not e["@id"].startswith("file:") else "file:.../" + e["@id"].split("/")[-1], e.get("description"))
        if not e["@id"].startswith("file:"): os.stat(unquote_to_bytes(e["@id"]))
X
