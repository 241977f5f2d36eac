#!/bin/sh
# Finds a Python that Jalon runs on and installs the locked uv below .jalon/uv; says what to do when it cannot.
set -eu
cd "$(dirname "$0")/.."

suits='import sys, venv, ensurepip; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 13) else 1)'
found=""
for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c "$suits" >/dev/null 2>&1; then
        found=$candidate
        break
    fi
done
if [ -z "$found" ]; then
    echo "Jalon needs Python 3.11, 3.12 or 3.13 with its venv module, and found none on the PATH." >&2
    echo "Install one (on Debian and Ubuntu: apt-get install python3 python3-venv), or name it: make PYTHON=/path/to/python3.12 …" >&2
    exit 1
fi
echo "Using $("$found" --version) …"
rm -rf .jalon/uv
"$found" -m venv .jalon/uv
.jalon/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --requirement tools/uv-requirements.txt
# every virtual environment made later uses the same interpreter
.jalon/uv/bin/python -c 'import sys; print(sys._base_executable)' >.jalon/python
