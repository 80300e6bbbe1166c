# A folder itself is nothing that was meant.
mkdir o
workflow <<'X'
rules:
  all: {input: "o/|"}
X
run cwflow -n
