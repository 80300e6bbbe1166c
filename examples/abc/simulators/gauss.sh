#!/bin/sh
# A simulator that is started for each evaluation: MU SIGMA SEED -> two numbers.
awk -v mu="$1" -v sigma="$2" -v seed="$3" 'BEGIN {
	srand(seed % 2147483647)
	n = 30
	for (i = 0; i < n; i++) {
		x = mu + sigma * sqrt(-2 * log(1 - rand())) * cos(6.283185307179586 * rand())
		s += x
		q += x * x
	}
	print s / n, sqrt((q - s * s / n) / (n - 1))
}'
