# Every command there is. Python 3.11 or newer, make and git are all that must be there.
PYTHON ?= python3
RUN := .venv/bin/python
ONLY ?=
KEEP ?=
ARGS ?=

# Without compiled files every command that a test starts would compile all it imports anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test nightly coverage check fmt lint types contracts bench bench-scale bench-site bench-publishing docs migrations lock setup-base setup-dev

help:
	@echo 'make demo     a whole programme of made-up people, and one link that signs you in (KEEP=./demo keeps it)'
	@echo 'make test     all that runs here: passed, failed, skipped and why (ONLY=applications)'
	@echo 'make nightly  the tests of rare paths, and of many more cases'
	@echo 'make fmt      repair style'
	@echo 'make check    style, types, contracts and security, without the tests'
	@echo 'make bench    the engine against other code, on the same input'
	@echo 'make bench-scale  solvers on ready pairs, and a nation of made-up people over every pair'
	@echo 'make bench-publishing   a large plan published while others write'
	@echo 'make bench-site   pages of the site, as large as asked (ARGS="--databases sqlite,postgresql://postgres@127.0.0.1")'
	@echo 'make docs     the parts of the documentation that are drawn from the code'
	@echo 'make lock     resolve the dependencies again'

setup-base:
	@$(PYTHON) tools/boot.py base

setup-dev:
	@$(PYTHON) tools/boot.py dev

demo: setup-base
	@$(RUN) -m chiron demo $(if $(KEEP),--keep "$(KEEP)") $(ARGS)

test: setup-dev
	@$(RUN) $(if $(COVER),-m coverage run) -m pytest -n auto --dist worksteal -rs $(if $(ONLY),-k "$(ONLY)") $(ARGS)

nightly: setup-dev
	@CHIRON_NIGHTLY=1 $(RUN) -m pytest -n auto --dist worksteal -rs -m 'nightly or sampled or hypothesis' $(ARGS)

coverage: setup-dev
	@$(RUN) -m coverage combine --quiet
	@$(RUN) tools/coverage_by_package.py

check: setup-dev lint types contracts

lint: setup-dev
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@git ls-files -z 'src/*.html' | xargs -0 .venv/bin/djangofmt --check --quiet
	@$(RUN) -m bandit --quiet --recursive --severity-level medium --configfile pyproject.toml src tools

types: setup-dev
	@$(RUN) -m mypy

contracts: setup-dev
	@$(RUN) -c 'import sys; from importlinter.cli import lint_imports_command as main; sys.argv = ["lint-imports"]; main()'
	@$(RUN) -m pytest -q -p no:randomly tests/architecture

fmt: setup-dev
	@$(RUN) -m ruff check --fix-only --exit-zero .
	@$(RUN) -m ruff format .
	@git ls-files -z 'src/*.html' | xargs -0 .venv/bin/djangofmt --quiet

bench: setup-dev
	@$(RUN) benchmarks/run.py $(ARGS)

bench-scale: setup-dev
	@$(RUN) benchmarks/scale.py $(ARGS)

bench-site: setup-dev
	@$(RUN) benchmarks/site/measure.py $(ARGS)

bench-publishing: setup-dev
	@$(RUN) benchmarks/site/publishing.py $(ARGS)

migrations: setup-dev
	@$(RUN) -m django makemigrations --settings chiron.site.settings

docs: setup-dev
	@$(RUN) tools/docs.py

UV = $(shell command -v uv || echo .venv/bin/uv)
COMPILE = UV_SYSTEM_CERTS=1 UV_PYTHON_DOWNLOADS=never $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command 'make lock'
lock:
	$(COMPILE) pyproject.toml -o requirements/base.txt
	$(COMPILE) pyproject.toml --extra postgres -o requirements/postgres.txt
	$(COMPILE) pyproject.toml --extra server --extra scale --extra dev -o requirements/dev.txt
	$(COMPILE) pyproject.toml --extra server -o requirements/server.txt
	$(COMPILE) pyproject.toml --extra postgres --extra scale -o requirements/scale.txt
	printf "hatchling\neditables\n" | $(COMPILE) - -c requirements/dev.txt -o requirements/build.txt
	echo uv | $(COMPILE) - -o requirements/uv.txt
	printf 'mentor-match\nscipy\nnumpy\nlap\nhighspy\nortools\n' | $(COMPILE) - -c requirements/dev.txt -o requirements/peers.txt
	printf 'matching\nnumpy\n' | $(COMPILE) - -c requirements/dev.txt -o requirements/peers-stable.txt
