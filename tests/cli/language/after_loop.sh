# It waits for one job of each value it loops over; old files do not count.
mkdir parts; touch parts/old.txt
workflow <<'EOF'
sets: {s: [a, b]}
rules:
  all:
    input: {expand: "post/{s}/{i}", i: {glob: "parts/{s}/{i}.txt", after: split}}
    output: list
    shell: echo {input} > {output}
  split:
    output: {path: "parts/{s}", directory: true}
    shell: mkdir -p {output}; touch {output}/{s}1.txt {output}/{s}2.txt
  post:
    input: "parts/{s}/{i}.txt"
    output: "post/{s}/{i}"
    shell: touch {output}
EOF
run cwflow -q -j2
cat list
