# Two commands are all a newcomer needs: `make chat` and `make test`. Each does its own set-up and can be run again at once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MODEL ?= qwen2.5-coder-1.5b

.PHONY: chat test check format gallery bench eval pictures clean

chat: $(VENV)/.installed
	@$(BIN)/flipchart serve --open

test: $(VENV)/.installed-dev
	@FLIPCHART_MODEL= $(BIN)/flipchart models pull qwen2.5-coder-0.5b minilm
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

check: $(VENV)/.installed-dev build/types/flipchart
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy build/types/flipchart

format: $(VENV)/.installed-dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

gallery bench eval: $(VENV)/.installed
	@$(BIN)/flipchart $@

pictures: $(VENV)/.installed-dev
	@$(BIN)/python docs/pictures.py

# Type checkers do not follow the import hook of an editable install: they get a tree of links.
build/types/flipchart:
	@mkdir -p $@
	@for name in gui renderers models assets; do ln -sfn ../../../$$name $@/$$name; done
	@for name in __init__.py __main__.py py.typed; do ln -sfn ../../../flipchart/$$name $@/$$name; done

$(VENV)/bin/uv:
	@echo "Making the environment in $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Flipchart needs Python 3.11 or newer: make chat PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python cannot make an environment; on Debian: apt-get install python3-venv"; exit 2; }
	@$(BIN)/python -m pip install --quiet uv

# Compiled here, once: where Python may write no bytecode, every start would compile all that it loads.
$(VENV)/.installed: pyproject.toml constraints.txt $(VENV)/bin/uv
	@echo "Installing what Flipchart needs (a minute or two the first time) …"
	@$(BIN)/uv pip install --compile-bytecode --python $(BIN)/python -c constraints.txt -e .
	@$(BIN)/python -m compileall -q flipchart gui models renderers
	@PATH="$(abspath $(BIN)):$$PATH" sh assets/install_images.sh
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@$(BIN)/uv pip install --python $(BIN)/python -c constraints.txt -e ".[dev]"
	@touch $@

clean:
	@rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
