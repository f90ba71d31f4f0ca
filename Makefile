# The commands of the house. Each installs what it needs first, on Debian or Ubuntu.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help serve test bench lint lint-fast build web setup clean

DATA ?= $(or $(GAZETTE_DATA),data)
LISTEN ?= $(or $(GAZETTE_LISTEN),127.0.0.1:3000)

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

serve: build ## Build what changed and serve the portal on http://127.0.0.1:3000, data in ./data (DATA=, LISTEN=, else GAZETTE_DATA, GAZETTE_LISTEN)
	@exec dist/gazette serve --data "$(DATA)" --listen "$(LISTEN)"

test: ## Run every test: unit, property, integration, and end to end in Chromium
	@.ci/setup test
	@.ci/web
	@.ci/test

bench: ## Measure, each figure beside its yardstick
	@.ci/setup bench
	@.ci/build
	@.ci/bench

lint: ## Check formatting, clippy with warnings as errors, and the dependencies' licences and sources
	@.ci/setup lint
	@.ci/lint

lint-fast: ## The same without the dependencies
	@LINT_FAST=1 .ci/setup lint
	@.ci/lint fast

build: ## Leave one self-contained file, dist/gazette
	@.ci/setup serve
	@.ci/build

web: ## Build only what the browser loads, into dist/site
	@.ci/setup serve
	@.ci/web

setup: ## Install everything that the commands above need
	@for purpose in serve test bench lint; do .ci/setup $$purpose; done

clean: ## Remove what was built here, keeping ./data
	@rm -rf dist target end2end/test-results end2end/playwright-report
