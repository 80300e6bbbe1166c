put make.sh '#!/bin/sh
echo "no such thing" >&2; exit 3'
chmod +x make.sh
workflow <<'EOF'
include:
  - {command: [./make.sh]}
EOF
run cwflow
