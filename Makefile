# Jalon's commands. `make run` and `make test` need Python 3.11 to 3.13 and make; everything else is installed below .jalon/ and .venv/.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup run dev journey logs command stop clean test check content faults bench lock
MAKEFLAGS += --no-print-directory

UV := .jalon/uv/bin/uv
PY := .venv/bin/python
SYNC := UV_PROJECT_ENVIRONMENT=.venv $(UV) sync --quiet --frozen --inexact --python "$$(cat .jalon/python)"
HERE = $(if $(PORT),--port $(PORT))
RUN_GROUPS := --group run --group dev --group layer-jalon --group function-accounts --group function-import-pupils --group function-certificates --group function-seal-certificate
TEST_GROUPS := $(RUN_GROUPS) --group lint --group test

help: ## say what each command does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{printf "  make %-9s %s\n", $$1, $$2}'

run: .jalon/setup-run ## set up, start the whole system on this machine, play the journey, stay up
	@$(PY) -m local run $(HERE) $(if $(SITE_PORT),--site-port $(SITE_PORT))

dev: .jalon/setup-run ## serve the same handlers in one process, reloading on change (beside a running `make run`)
	@$(PY) -m local dev $(HERE) $(if $(DEV_PORT),--dev-port $(DEV_PORT))

journey: .jalon/setup-run ## play the journey again: make journey BASE_URL=https://…
	@$(PY) -m local.journey $(if $(BASE_URL),--base-url "$(BASE_URL)")

logs: .jalon/setup-run ## show what the functions wrote: make logs NAME=answers; all of it with ALL=1
	@$(PY) -m local logs $(HERE) $(if $(ALL),--all) $(NAME)

command: .jalon/setup-run ## run an operator's command: make command NAME=project_profiles.rebuild ARGS=--all; on AWS with STACK=jalon
	@$(PY) -m $(if $(STACK),tools.in_stack --stack $(STACK),local command $(HERE)) $(NAME) $(ARGS)

stop: ## stop what `make run` started
	@if [ -x $(PY) ]; then $(PY) -m local stop; else echo "Nothing was started."; fi

clean: stop ## remove everything made on this machine, data included
	@rm -rf .jalon .venv .aws-sam .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@echo "Removed .jalon/ (the data of the embedded cloud included), .venv/ and the caches."

test: .jalon/setup-test ## run every check and every test
	@sh tools/need-browser.sh
	@$(MAKE) check
	@$(PY) -m pytest -n 2 --dist loadgroup --no-loadscope-reorder

check: .jalon/setup-test ## lint, types, walls, templates, state machines, OpenAPI
	@$(PY) -m tools.check

content: .jalon/setup-run ## lint and build the learning content, print what it covers
	@$(PY) -m tools.content build --out .jalon/build/content

lock: $(UV) ## resolve the dependencies again
	@$(UV) lock

setup: .jalon/setup-test .jalon/setup-run ## install everything that run and test need

# sam build calls one of these for each function and layer (BuildMethod: makefile)
build-%:
	@$(PY) -m tools.artifact $* "$(ARTIFACTS_DIR)"

$(UV): tools/uv-requirements.txt
	@sh tools/bootstrap.sh

.jalon/setup-run: $(UV) uv.lock
	@echo "Installing what the system needs to run here (locked in uv.lock) …"
	@$(SYNC) $(RUN_GROUPS)
	@UV_PROJECT_ENVIRONMENT=.jalon/venvs/emulator $(UV) sync --quiet --frozen --compile-bytecode --python "$$(cat .jalon/python)" --only-group emulator
	@UV_PROJECT_ENVIRONMENT=.jalon/venvs/runtime $(UV) sync --quiet --frozen --compile-bytecode --python "$$(cat .jalon/python)" --only-group runtime
	@touch $@

.jalon/setup-test: .jalon/setup-run uv.lock
	@echo "Installing what the tests and checks need …"
	@$(SYNC) $(TEST_GROUPS)
	@UV_PROJECT_ENVIRONMENT=.jalon/venvs/sam $(UV) sync --quiet --frozen --python "$$(cat .jalon/python)" --only-group sam
	@touch $@

faults: .jalon/setup-test ## model-check the answer protocol and inject faults into whole sessions
	@PYTHONPATH=.:layers/engine:layers/jalon $(PY) -m tests.assessment.faults

bench: .jalon/setup-test ## measure one part beside its peers and check its budget: make bench NAME=answers|certificate|cold_start|content|engine|starts
	@if grep -q '^bench-$(NAME) =' pyproject.toml; then $(SYNC) --group bench-$(NAME); fi
	@PYTHONPATH=.:layers/engine:layers/jalon $(PY) -m benchmarks.$(or $(NAME),answers)
