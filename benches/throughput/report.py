#!/usr/bin/env python3
"""report.py RUNS DOCS: tables and a plot of what `make bench` measured.

Reads RUNS/runs.tsv and RUNS/facts.tsv; replaces the part of DOCS/BENCHMARKS.md between the lines that mark it, and writes
DOCS/benchmarks/throughput.svg. Medians of all rounds; ratios are of medians.
"""

import statistics
import sys
from pathlib import Path
from xml.sax.saxutils import escape

BEGIN, END = "<!-- make bench: begin -->\n", "<!-- make bench: end -->\n"

GROUPS = {
    "s3": ("Into S3", "seconds of the whole pipeline"),
    "files": ("Into a local file", "seconds, and what the program itself computed"),
    "floors": ("Floors", "what the server and the codecs take by themselves, on the three large tables"),
    "slow": ("Slow networks", "50 ms on the way of every request to S3; a limit on every connection to the server"),
    "restore": ("Restore", "out of S3 into a new database"),
    "bindings": ("Bindings", "the same dump through each face, with two jobs, into S3 and as a stream into a file"),
    "memory": ("Memory", "one table, into S3, with `--max-memory` at its default of 256 MiB (268 MB); two of the rows have 200 MB"),
}


class Run:
    """All rounds of one command."""

    def __init__(self):
        self.rounds, self.command = [], ""

    def median(self, value):
        return statistics.median(value(*round) for round in self.rounds)

    wall = property(lambda self: self.median(lambda wall, *_: wall))
    cpu = property(lambda self: self.median(lambda _, user, system, *__: user + system))
    peak = property(lambda self: max(round[3] for round in self.rounds) * 1024 / 1e6)
    stored = property(lambda self: self.median(lambda *round: round[4]) / 1e6)


def read(directory):
    runs = {}
    for line in (directory / "runs.tsv").read_text().splitlines():
        group, label, wall, user, system, kilobytes, stored, command = line.split("\t", 7)
        run = runs.setdefault(group, {}).setdefault(label, Run())
        run.rounds.append((float(wall), float(user), float(system), int(kilobytes), int(stored)))
        run.command = command
    facts = dict(line.split("\t", 1) for line in (directory / "facts.tsv").read_text().splitlines())
    return runs, facts


def table(runs, reference):
    """Rows by time; `reference` is the label whose time is 1."""
    lines = ["| | seconds | ratio | CPU seconds | peak, MB | stored, MB |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    base = runs[reference].wall if reference in runs else None
    for label, run in sorted(runs.items(), key=lambda item: item[1].wall):
        ratio = f"{run.wall / base:.2f}" if base else ""
        stored = f"{run.stored:.0f}" if run.stored >= 1 else ""
        lines.append(f"| `{label.replace('|', chr(92) + '|')}` | {run.wall:.2f} | {ratio} | {run.cpu:.1f} | {run.peak:.0f} | {stored} |")
    return lines


REFERENCES = {
    "s3": "pg_dump -Fc | aws s3 cp",
    "files": "pg_dump -Fc -Z zstd:3",
    "floors": "psql COPY TO STDOUT",
    "slow": "15 MB/s for each connection, -j 1",
    "restore": "aws s3 cp, pg_restore -j 2",
    "bindings": "pgsluice dump",
}


def section(group, runs):
    title, what = GROUPS[group]
    rounds = max(len(run.rounds) for run in runs.values())
    lines = [f"### {title}", "", f"{what[0].upper()}{what[1:]}. Rounds: {rounds}.", ""]
    if group == "s3":
        lines += ["![seconds into S3](benchmarks/throughput.svg)", ""]
    lines += table(runs, REFERENCES.get(group))
    return lines + [""]


def commands(runs):
    lines = ["<details><summary>Commands</summary>", "", "```text"]
    for group in runs.values():
        lines += [f"{label}\n    {run.command}" for label, run in group.items()]
    return lines + ["```", "", "</details>", ""]


def plot(runs):
    """Horizontal bars, the fastest above."""
    ordered = sorted(runs.items(), key=lambda item: item[1].wall)
    longest = max(run.wall for _, run in ordered)
    row, left, width = 22, 330, 420
    height = row * len(ordered) + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 60} {height}" font-family="sans-serif" font-size="12">',
        f'<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{left}" y="16" fill="#444">seconds into S3, median</text>',
    ]
    for place, (label, run) in enumerate(ordered):
        y = 24 + place * row
        colour = "#2f6f9f" if label.startswith("pgsluice") else "#b8b8b8"
        length = run.wall / longest * width
        parts.append(f'<text x="{left - 8}" y="{y + 14}" text-anchor="end" fill="#222">{escape(label)}</text>')
        parts.append(f'<rect x="{left}" y="{y + 2}" width="{length:.1f}" height="{row - 6}" fill="{colour}"/>')
        parts.append(f'<text x="{left + length + 6:.1f}" y="{y + 14}" fill="#444">{run.wall:.1f}</text>')
    return "\n".join(parts + ["</svg>", ""])


def main():
    directory, docs = Path(sys.argv[1]), Path(sys.argv[2])
    runs, facts = read(directory)
    lines = [
        f"{int(facts['raw_bytes']) / 1e9:.2f} GB of COPY text in three large tables and 2,000 small ones; in every round every command in turn; medians of all rounds.",
        f"{facts['server']}, {facts['pg_dump']}, {facts['aws']}, {facts['pgsluice']}; server, S3 server and client on the same {facts['cpu']}; {facts['system']}.",
        "",
    ]
    for group in GROUPS:
        if group in runs:
            lines += section(group, runs[group])
    lines += commands(runs)
    page = docs / "BENCHMARKS.md"
    text = page.read_text()
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    page.write_text(head + BEGIN + "\n".join(lines) + END + tail)
    if "s3" in runs:
        (docs / "benchmarks").mkdir(exist_ok=True)
        (docs / "benchmarks" / "throughput.svg").write_text(plot(runs["s3"]))


if __name__ == "__main__":
    main()
