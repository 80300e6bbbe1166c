# The job that a script was started for, as cwflow wrote it to $CWFLOW_JOB.
#
#     source(file.path(Sys.getenv("CWFLOW_SHARE"), "cwflow_job.R"))
#     job <- cwflow_job()
#     data <- read.csv(job$input$table)
#     write.csv(head(data, as.integer(job$params$rows)), job$output[[1]])
#
# job$input, job$output and job$log are lists of paths in order; those with names can be
# taken by name too, a path or a character vector where several were given. job$params,
# job$wildcards, job$resources and job$config are named lists. job$rule, job$threads and
# job$attempt are plain values. Texts stay texts: a number in a param is "10".

cwflow_job <- function(path = Sys.getenv("CWFLOW_JOB")) {
  if (path == "") {
    stop("CWFLOW_JOB is not set: this script runs in a rule's `script`")
  }
  job <- cwflow_json(readChar(path, file.size(path), useBytes = TRUE))
  for (key in c("input", "output", "log")) {
    job[[key]] <- c(job[[key]]$all, job[[key]]$named)
  }
  job
}

# JSON to lists, without a package.
cwflow_json <- function(text) {
  s <- utf8ToInt(enc2utf8(text))
  at <- 1L
  skip <- function() {
    while (at <= length(s) && s[at] %in% c(32L, 9L, 10L, 13L)) at <<- at + 1L
  }
  expect <- function(ch) {
    skip()
    if (at > length(s) || s[at] != utf8ToInt(ch)) {
      stop("not JSON at character ", at, ": ", ch, " is missing")
    }
    at <<- at + 1L
  }
  peek <- function() {
    skip()
    if (at > length(s)) "" else intToUtf8(s[at])
  }
  escape <- function() {
    at <<- at + 1L
    ch <- intToUtf8(s[at])
    if (ch != "u") {
      return(utf8ToInt(switch(ch, n = "\n", t = "\t", r = "\r", b = "\b", f = "\f", ch)))
    }
    unit <- strtoi(intToUtf8(s[at + 1:4]), 16L)
    at <<- at + 4L
    if (unit >= 0xD800 && unit < 0xDC00) {
      low <- strtoi(intToUtf8(s[at + 3:6]), 16L)
      at <<- at + 6L
      unit <- 0x10000L + (unit - 0xD800L) * 0x400L + (low - 0xDC00L)
    } else if (unit >= 0xDC80 && unit <= 0xDCFF) {
      unit <- 0xDC00L - unit # a byte of a name that is no UTF-8
    }
    unit
  }
  string <- function() {
    expect("\"")
    from <- at
    out <- integer(0)
    while (s[at] != 34L) {
      if (s[at] == 92L) {
        out <- c(out, s[seq_len(at - from) + from - 1L], escape())
        from <- at + 1L
      }
      at <<- at + 1L
    }
    out <- c(out, s[seq_len(at - from) + from - 1L])
    at <<- at + 1L
    if (!any(out < 0)) return(intToUtf8(out))
    rawToChar(unlist(lapply(out, function(unit) {
      if (unit < 0) as.raw(-unit) else charToRaw(intToUtf8(unit))
    })))
  }
  object <- function() {
    expect("{")
    out <- list()
    while (peek() != "}") {
      key <- string()
      expect(":")
      out[key] <- list(value())
      if (peek() == ",") expect(",")
    }
    expect("}")
    out
  }
  array <- function() {
    expect("[")
    out <- list()
    while (peek() != "]") {
      out[length(out) + 1L] <- list(value())
      if (peek() == ",") expect(",")
    }
    expect("]")
    plain <- length(out) > 0 && all(vapply(out, is.character, TRUE))
    if (plain) unlist(out) else out
  }
  word <- function() {
    from <- at
    while (at <= length(s) && grepl("[-+.0-9A-Za-z]", intToUtf8(s[at]))) at <<- at + 1L
    text <- intToUtf8(s[from:(at - 1L)])
    switch(text, true = TRUE, false = FALSE, null = NULL, as.numeric(text))
  }
  value <- function() {
    switch(peek(), "{" = object(), "[" = array(), "\"" = string(), word())
  }
  value()
}
