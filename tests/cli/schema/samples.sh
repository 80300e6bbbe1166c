# The schema and the parser accept and refuse the same samples.
need python3
python3 -c 'import jsonschema, yaml' 2>/dev/null || skip "python3 has no jsonschema and yaml"
cwflow --schema >schema.json
run cmp schema.json "$SOURCE/share/cwflow/workflowfile.schema.json"
python3 "$SOURCE/tests/cli/schema/compare.py" "$SOURCE" schema.json
