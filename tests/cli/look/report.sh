# The report after a run with a failure: what it shows, that it fetches nothing, and that
# it is well-formed.
need python3
workflow <<'X'
envvars: [TOKEN]
config: {depth: 3}
rules:
  all: {input: [table.csv, plot.svg, sub/flaky.txt, plain.bin]}
  table:
    input: [a.in, b.in]
    output: {path: table.csv, report: "Counts & <shares>"}
    shell: "printf 'name,n\n\"a, b\",1\nc,2\n' >{output}"
  gather: {input: "{x}.src", output: "{x}.in", shell: "cp {input} {output}"}
  plot:
    input: table.csv
    output: {path: plot.svg, report: "A circle"}
    shell: "echo '<svg xmlns=\"http://www.w3.org/2000/svg\"><script>x</script></svg>' >{output}"
  flaky:
    output: sub/flaky.txt
    log: sub/flaky.log
    retries: 1
    env: {T: "{env.TOKEN}"}
    shell: "seq 30 >{log}; echo \"token $T\" >>{log}; exit 3"
  bin: {output: plain.bin, shell: "printf 'a\\0b' >{output}"}
X
put a.src; put b.src
export TOKEN=hunter22
run cwflow --report early.html
cwflow -q -k -j2 2>/dev/null
run cwflow --report report.html
cat >look.py <<'X'
import sys, re
from html.parser import HTMLParser
void = {"meta", "img", "br", "hr", "link", "input"}
class P(HTMLParser):
    stack, ids, text, bad, tags = [], set(), "", [], {}
    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        for k, v in attrs:
            if k == "id":
                if v in self.ids: self.bad.append("id twice " + v)
                self.ids.add(v)
            if k in ("src", "href", "xlink:href") and not re.match(r"(#|data:image/)", v):
                self.bad.append("fetches " + v)
            if k.startswith("on"): self.bad.append("handler " + v)
        if tag == "img" and not dict(attrs).get("alt"): self.bad.append("img without alt")
        if tag not in void: self.stack.append(tag)
    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in void: self.stack.pop()
    def handle_endtag(self, tag):
        if not self.stack or self.stack[-1] != tag: self.bad.append("end of " + tag)
        else: self.stack.pop()
    def handle_data(self, data):
        if self.stack[-1:] not in (["style"], ["script"]): self.text += data
page = open(sys.argv[1], encoding="utf-8").read()
p = P(); p.feed(page)
print("bad:", p.bad, p.stack, "scripts:", p.tags["script"], "pictures:", p.tags.get("img"))
print("parts:", [i for i in ("failed", "timeline", "rules", "graph", "results", "provenance") if i in p.ids])
for word in sys.argv[2:]:
    print(word, "yes" if word in p.text else "no")
X
python3 look.py report.html "1 job failed" "exit status 3" "attempt 1, tried again" "Counts & <shares>" \
	"a, b" "token ***" hunter22 "30" "A circle" "xxh3:" "plain.bin" "gather"
grep -c hunter22 report.html
cwflow --report - | python3 -c 'import sys; print(sys.stdin.read().startswith("<!DOCTYPE html>"))'
run cwflow --report gone/report.html
run cwflow --report /dev/full
find . -name '*.cwflow-*'
