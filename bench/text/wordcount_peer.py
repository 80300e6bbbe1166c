#!/usr/bin/env python3
"""Word counts the plain way: what wordcount is compared with.

usage: wordcount_peer.py IN OUT [MINLEN]
"""
import sys

PUNCTUATION = ". , ; : ? $ @ ^ < > # % ` ! * - = ( ) [ ] { } / \" '".split()


def count_line(line, counts):
    for mark in PUNCTUATION:
        line = line.replace(mark, " ")
    for word in line.split():
        word = word.lower().strip()
        if word in counts:
            counts[word] += 1
        else:
            counts[word] = 1


def main():
    shortest = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with open(sys.argv[1], encoding="utf-8") as text:
        lines = text.read().splitlines()
    counts = {}
    for line in lines:
        count_line(line, counts)
    pairs = sorted(counts.items(), key=lambda pair: pair[1], reverse=True)
    pairs = [(word, n) for word, n in pairs if len(word) >= shortest]
    total = sum(n for _, n in pairs)
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        for word, n in pairs:
            out.write(f"{word} {n} {(float(n) / total) * 100.0}\n")


main()
