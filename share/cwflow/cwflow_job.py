"""The job that a script was started for, as cwflow wrote it to $CWFLOW_JOB.

    import os, sys
    sys.path.insert(0, os.environ["CWFLOW_SHARE"])
    from cwflow_job import job

    with open(job.input.table) as f, open(job.output[0], "w") as out:
        out.write(f.read()[:int(job.params.length)])

job.input, job.output and job.log are lists of paths; those with names are attributes and
keys too: a path, or a list where several were given. job.params, job.wildcards,
job.resources and job.config are mappings whose keys are attributes; job.params[0] is the
first. job.rule, job.threads and job.attempt are plain values. Texts stay texts: a number in a
param is "10".
"""

import json
import os


class Names(dict):
    """A mapping whose keys are attributes, also where a dict has one of that name; an
    integer takes the values in their order."""

    def __getattribute__(self, name):
        if not name.startswith("__") and name in self:
            return self[name]
        return super().__getattribute__(name)

    def __getattr__(self, name):
        raise AttributeError("there is no " + repr(name) + ", only " +
                             (", ".join(map(repr, self)) or "nothing"))

    def __getitem__(self, key):
        if isinstance(key, int):
            return list(dict.values(self))[key]
        return super().__getitem__(key)


class Files(list):
    """Paths in order; the named ones by name."""

    def __init__(self, files):
        super().__init__(files["all"])
        self.named = Names(files["named"])

    def __getattribute__(self, name):
        if not name.startswith("__") and name != "named" and name in self.named:
            return self.named[name]
        return super().__getattribute__(name)

    def __getattr__(self, name):
        if name.startswith("__") or name == "named":
            raise AttributeError(name)
        return getattr(self.named, name)

    def __getitem__(self, key):
        return self.named[key] if isinstance(key, str) else super().__getitem__(key)

    def __str__(self):
        return " ".join(self)


def _names(value):
    if isinstance(value, dict):
        return Names((k, _names(v)) for k, v in value.items())
    if isinstance(value, list):
        return [_names(v) for v in value]
    return value


def load(path=None):
    """The job in the file at `path`, or the one this script was started for."""
    path = path or os.environ.get("CWFLOW_JOB")
    if not path:
        raise RuntimeError("CWFLOW_JOB is not set: this script runs in a rule's `script`")
    with open(path, encoding="utf-8") as f:
        data = json.load(f)
    job = _names({k: v for k, v in data.items() if k not in ("input", "output", "log")})
    for key in ("input", "output", "log"):
        job[key] = Files(data[key])
    return job


def __getattr__(name):
    if name == "job":
        return load()
    raise AttributeError(name)
