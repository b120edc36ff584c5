# Every recipe is one plain command; what it does stands at the top of its script.

.PHONY: run test test-all bench bench-grid bench-jobs check clean

run: ## build what changed, and serve on 127.0.0.1:3000
	@tools/run.sh

test: ## everything that CI runs
	@tools/test.sh

test-all: ## the tests above and the long ones
	@tools/test.sh all

bench: ## what a million records cost, beside the limits of the machine
	@tools/bench.sh

bench-grid: ## what the grid costs in a browser, beside a bare canvas
	@tools/bench-grid.sh

bench-jobs: ## what jobs cost: the queue, the page that shows them, those who watch
	@tools/bench-jobs.sh

check: ## the quick look before a commit: format and lints
	@tools/test.sh check

clean: ## remove what was built, and keep ./data
	rm -rf target node_modules
