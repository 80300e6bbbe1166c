"""Feeds samples to cwflow and to the JSON Schema and tells where they disagree.

Accepted samples are the Workflowfiles of tests/cli/language; refused ones stand below.
Only what a schema can see is compared: a sample that cwflow refuses for its names or
files must still have the right shape.
"""
import glob
import json
import os
import re
import subprocess
import sys

import jsonschema
import yaml

REFUSED = """
- [1, 2]
- {conifg: {}}
- {rules: [a]}
- {rules: {a: {inptu: x}}}
- {rules: {a: text}}
- {rules: {1a: {output: x}}}
- {rules: {input: {output: x}}}
- {rules: {a: {output: {path: x, tmep: true}}}}
- {rules: {a: {output: {path: x, temp: maybe}}}}
- {rules: {a: {output: {multiext: x}}}}
- {rules: {a: {output: [{multiext: x, ext: []}], shell: x}}}
- {rules: {a: {output: {path: x, sha256: 12}}}}
- {rules: {a: {output: x, shell: [a]}}}
- {rules: {a: {output: x, shell: a, command: [b]}}}
- {rules: {a: {output: x, command: b}}}
- {rules: {a: {output: x, command: []}}}
- {rules: {a: {output: x, threads: many}}}
- {rules: {a: {output: x, threads: [1]}}}
- {rules: {a: {output: x, retries: x}}}
- {rules: {a: {output: x, priority: {a: 1}}}}
- {rules: {a: {output: x, shadow: deep}}}
- {rules: {a: {output: x, localrule: yes}}}
- {rules: {a: {output: x, resources: [1]}}}
- {rules: {a: {output: x, resources: {mem: 1GB, mem_mb: 5}}}}
- {rules: {a: {output: x, env: [A]}}}
- {rules: {a: {output: x, when: {mode: x}}}}
- {rules: {a: {output: x, conda: env.yaml}}}
- {rules: {a: {input: {path: x, acnient: true}}}}
- {rules: {a: {input: {lookup: t, were: {}}}}}
- {rules: {a: {input: {switch: x}}}}
- {rules: {a: {input: {switch: x, cases: [a]}}}}
- {rules: {a: {input: [{foo: {bar: x}}]}}}
- {rules: {a: {output: x, params: {x: {value: 1, volatile: sure}}}}}
- {rules: {a: {output: x, log: {path: x, temp: true}}}}
- {sets: {s: {glob: x, foo: 1}}}
- {sets: {s: {from: 1}}}
- {sets: {s: {}}}
- {sets: {s: {columns: [1]}}}
- {sets: [a]}
- {config: [a]}
- {shell: bash}
- {shell: {executable: fish}}
- {defaults: {input: x}}
- {defaults: [x]}
- {include: {as: x}}
- {include: [{path: x, command: [y]}]}
- {include: [{path: x, ref: v1}]}
- {include: [{path: x, wiht: {}}]}
- {wildcard_constraints: [x]}
- {cwflow: new}
- {onstart: [a]}
- {ruleorder: {a: b}}
- {rules: {a: {output: x, timeout: 5x}}}
- {rules: {a: {output: x, timeout: 0}}}
- {rules: {a: {output: x, bundle: 0}}}
- {rules: {a: {output: x, retries: -1}}}
- {rules: {a: {output: x, resources: {mem: 4XB}}}}
- {rules: {a: {output: x, resources: {runtime: 1y}}}}
- {rules: {a: {output: {path: x, temp: true, protected: true}}}}
- {rules: {a: {output: {path: x, touch: true, non_empty: true}}}}
- {sets: {s: {from: 1, to: 3, step: 0}}}
- {include: [{command: []}]}
- {include: [{path: x, as: "1a"}]}
"""


class Text(yaml.SafeLoader):
    """Plain values as editors see them: of YAML 1.2, without dates and yes, no."""


Text.yaml_implicit_resolvers = {
    first: [(tag, e) for tag, e in rules if not tag.endswith((":timestamp", ":bool"))]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Text.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))


def workflows(text):
    return re.findall(r"^workflow[^\n]*<<'(\w+)'\n(.*?)^\1$", text, re.S | re.M)


def refuses(path):
    done = subprocess.run(["cwflow", "-l", "-s", path], capture_output=True, text=True)
    return done.returncode != 0, done.stderr


def main():
    source, schema = sys.argv[1], json.load(open(sys.argv[2], encoding="utf-8"))
    check = jsonschema.Draft7Validator(schema)
    check.check_schema(schema)
    accepted = 0
    for path in sorted(glob.glob(source + "/tests/cli/language/*.sh")):
        for _, text in workflows(open(path, encoding="utf-8").read()):
            try:
                tree = yaml.load(text, Loader=Text)
            except yaml.YAMLError:
                continue
            errors = list(check.iter_errors(tree))
            accepted += 1
            if errors:
                print(os.path.basename(path), "is refused by the schema:",
                      errors[0].message[:200], list(errors[0].absolute_path))
    print("accepted" if accepted > 60 else "too few samples")
    for line in REFUSED.strip().splitlines():
        sample = line[2:]
        with open("sample", "w", encoding="utf-8") as f:
            f.write(sample + "\n")
        ours, said = refuses("sample")
        if not ours or "CW-E" not in said:
            print("the parser accepts", sample)
        if check.is_valid(yaml.load(sample, Loader=Text)):
            print("the schema accepts", sample)
    print("refused")


main()
