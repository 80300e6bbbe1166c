# What is waited for must make something; a rule that is wrong itself is told once.
workflow <<'X'
rules:
  all: {input: {expand: "p/{x}", x: {lines: ids.txt, after: ids}}}
  ids: {shell: "printf 'u\nv\n' > ids.txt"}
  more: {output: more, input: {expand: "p/{x}", x: {lines: ids.txt, after: bad}}, shell: "touch more"}
  bad: {output: "b/{x,(}", shell: "touch {output}"}
  none: {output: none, input: {expand: "p/{x}", x: {lines: ids.txt, after: wrong}}, shell: "touch none"}
  wrong: {when: {config.gone: 1}, output: w, shell: "touch w"}
  p: {output: "p/{x}", shell: "touch {output}"}
X
cwflow -n
