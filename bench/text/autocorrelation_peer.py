#!/usr/bin/env python3
"""Word autocorrelation the plain way: what autocorrelation is compared with.

usage: autocorrelation_peer.py BOOK DAT OUT
"""
import sys
import time

import numpy as np

PUNCTUATION = ". , ; : ? $ @ ^ < > # % ` ! * - = ( ) [ ] { } / \" '".split()


def read_words(path):
    words = []
    with open(path, encoding="utf-8") as text:
        for line in text.read().splitlines():
            for mark in PUNCTUATION:
                line = line.replace(mark, " ")
            words += [word.lower() for word in line.split()]
    return words


def word_acf(word, text, timesteps):
    acf = np.zeros(timesteps)
    mask = [w == word for w in text]
    chosen = np.sum(mask)
    for t in range(timesteps):
        for i in range(1, len(text) - t):
            acf[t] += mask[i] * mask[i + t]
        acf[t] /= chosen
    return acf


def main():
    text = read_words(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as dat:
        top = [line.split()[0] for line in dat][:16]
    start = time.perf_counter()
    rows = np.zeros((len(top), 100))
    for n, word in enumerate(top):
        rows[n, :] = word_acf(word, text, 100)
    average = np.average(rows, axis=0)
    print(f"time: {time.perf_counter() - start:.6f} s")
    np.savetxt(sys.argv[3], np.vstack((np.arange(1, 101), average)).T, delimiter=",")


main()
