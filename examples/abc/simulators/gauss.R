#!/usr/bin/env Rscript
# A simulator in R: reads a line for each evaluation, answers with a line.
input <- file("stdin", "r")
cat("cwabc 1 params mu sigma stats 2\n")
while (length(line <- readLines(input, n = 1)) > 0) {
	word <- strsplit(line, " ")[[1]]
	set.seed(as.numeric(word[2]) %% 2147483647)  # all randomness comes from the seed
	x <- rnorm(30, as.numeric(word[4]), as.numeric(word[5]))
	cat(word[1], format(mean(x), digits = 17), format(sd(x), digits = 17), "\n")
	flush(stdout())
}
