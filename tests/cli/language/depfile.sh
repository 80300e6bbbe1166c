# What a job tells of in its dependency file counts from then on.
put a.c 1; put a.h 1; put b.h 1
workflow <<'EOT'
rules:
  cc:
    input: "{x}.c"
    output: "{x}.o"
    depfile: "{x}.d"
    shell: |
      cat $(cat list) > {output}
      echo "{output}: {input} \\" > {x}.d; echo "  $(cat list)" >> {x}.d
EOT
echo "a.h b.h" >list
run cwflow -q a.o
run cwflow a.o
sleep 0.02; echo 2 >b.h
run cwflow -q a.o
cat a.o
rm b.h; echo "a.h" >list
run cwflow -q a.o
run cwflow a.o
