# The common tasks. `just` lists them.

python := ".venv/bin/python"

_default:
    @just --list

# Make the virtual environment with everything a contributor needs.
setup:
    python3 -m venv .venv
    .venv/bin/pip install -q -c requirements-dev.lock -e '.[dev,simpleaudio,serve,desktop,page,sensors]'

# Start the app from this checkout.
run *ARGS:
    .venv/bin/retro-timer {{ARGS}}

# Lint, formatting and types.
check:
    .venv/bin/ruff check .
    .venv/bin/ruff format --check .
    .venv/bin/mypy

# Put imports and formatting right.
format:
    .venv/bin/ruff check --fix --select I .
    .venv/bin/ruff format .

# Tests that only compute, on every core; or those of one package: just test tests/storage
test *PATHS:
    .venv/bin/pytest -n auto --dist worksteal -m 'not real_time' {{PATHS}}

# Branch coverage of a package by its own tests, against its floor: just coverage cli
coverage *PACKAGES:
    {{python}} scripts/coverage_floor.py {{PACKAGES}}

# Tests that listen, or watch a real terminal; by themselves.
test-real-time *PATHS:
    CI=true .venv/bin/pytest -n 4 --dist worksteal -m 'real_time and not alone' {{PATHS}}
    CI=true .venv/bin/pytest -m alone {{PATHS}}

# The machines that people have: other systems, other versions of Python, the package. Steps: types wheels package user audit versions newest
shipping *STEPS:
    {{python}} .ci/shipping.py {{STEPS}}

# Known faults in what we develop with: asks a database on the internet. CI asks about what is installed for users.
audit:
    uv tool run pip-audit -r requirements-dev.lock --no-deps --disable-pip

# Everything CI does, from this tree.
ci:
    bash .ci/run

# Every benchmark, with its budget; docs/benchmarks.md has the last figures.
bench *ARGS:
    {{python}} tests/benchmarks/run_all.py {{ARGS}}

# Faults by hand: kills, damaged files, full disks; what was tried, what held, the worst loss.
faults *ARGS:
    {{python}} -m tests.faults {{ARGS}}

# Small changes to the program that no test notices: just mutants --package session --count 50
mutants *ARGS:
    {{python}} scripts/mutants.py {{ARGS}}

# Pin every dependency of the development environment anew.
lock:
    uv pip compile --universal --python-version 3.11 --all-extras --no-emit-index-url --no-header --quiet --output-file requirements-dev.lock pyproject.toml

# Check that a release can be made, build it, and tag it.
release VERSION:
    {{python}} scripts/release.py {{VERSION}}
