# The word-count workflow of the documentation.
put data/a.txt "x y x"; put data/b.txt "x"
workflow <<'EOF'
sets:
  book: {glob: "data/{book}.txt"}
rules:
  all:
    input: results/results.csv
  count_words:
    input: {book: "data/{file}.txt"}
    output: processed_data/{file}.dat
    log: processed_data/{file}.log
    shell: wc -w < {input.book} > {output} 2> {log}
  zipf_test:
    input: {books: {expand: "processed_data/{book}.dat"}}
    params: {nwords: 10}
    output: results/results.csv
    shell: echo {params.nwords} $(cat {input.books}) > {output}
EOF
run cwflow -q -j2
cat results/results.csv
files
run cwflow -j2
