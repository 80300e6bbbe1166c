# Names that are markup, quotes, newlines or no UTF-8 stand for themselves in the report.
need python3
workflow <<'X'
sets: {n: {lines: names.txt}}
rules:
  all: {input: {expand: "out/{n}"}}
  make:
    output: {path: "out/{x,.+}", report: "</p><script>alert(1)</script>\"'&amp;"}
    shell: "case {x} in *bad*) echo '<b>\"' >&2; exit 1;; esac; printf '<script>alert(2)</script>\\n\\033[31m\\377\\n' >{output}"
X
printf '%s\n' '<script>alert(3)</script>' '"><img src=x onerror=alert(4)>' "it's \\ bad<b>" 'a&b' >names.txt
printf 'no utf-8 \377\n' >>names.txt
run cwflow -q -k 2>/dev/null
run cwflow --report r.html
cat >look.py <<'X'
import sys
from html.parser import HTMLParser
class P(HTMLParser):
    tags, text, handlers = {}, "", []
    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.handlers += [k for k, v in attrs if k.startswith("on")]
    def handle_data(self, data): self.text += data
raw = open("r.html", "rb").read()
page = raw.decode()  # valid UTF-8
p = P(); p.feed(page)
print("scripts", p.tags["script"], "pictures", p.tags.get("img"), "handlers", p.handlers)
print("control bytes", sorted({c for c in raw if c < 32 and c not in b"\n\t"}))
for word in ("<script>alert(3)</script>", '"><img src=x onerror=alert(4)>', "it's \\ bad<b>", "a&b", "\\xff", "\\x1b[31m", "\"'&amp;"):
    print(word, word in p.text)
X
python3 look.py
